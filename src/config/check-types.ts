import { nearestName } from "../domain/nearest-name.ts";
import type { Config } from "./config.ts";
import { lookUpForType } from "./config.ts";
import { describeOrigin, type Origin } from "./origin.ts";
import type { Problem } from "./problem.ts";
import { ownTypeKeys } from "./schema/keys.ts";
import { builtInTypes, isBuiltIn } from "./schema/worker-types.ts";

/**
 * What only all layers together can tell about worker types: one of the user's own is made by
 * exactly one of `handler` and `command`, and what ships is made by neither.
 *
 * @param mentions where each type is named first
 */
export function checkTypes(config: Config, mentions: ReadonlyMap<string, Origin>): Problem[] {
  return [...mentions].flatMap(([type, origin]) =>
    isBuiltIn(type) ? checkBuiltIn(config, type) : checkOwn(config, type, origin),
  );
}

function checkBuiltIn(config: Config, type: string): Problem[] {
  return (Object.keys(ownTypeKeys) as (keyof typeof ownTypeKeys)[])
    .map((name) => ({ name, ...lookUpForType(config, type, name) }))
    .filter(({ value }) => value !== undefined)
    .map(({ name, origin }) => ({
      key: `workers.${type}.${name}`,
      origin,
      message: `workers.${type}.${name} cannot be set: ${type} is a type of clx; give a type of your own another name`,
    }));
}

function checkOwn(config: Config, type: string, origin: Origin): Problem[] {
  const handler = lookUpForType(config, type, "handler");
  const command = lookUpForType(config, type, "command");
  const key = `workers.${type}`;
  if (handler.value === undefined && command.value === undefined) {
    const meant = nearestName(type, Object.keys(builtInTypes));
    const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
    const message = `${nameOf(origin, key)} is no worker type of clx${hint}; one of your own needs handler = "./module.js" or command = ["program", "argument"]`;
    return [{ key, origin, message }];
  }
  if (handler.value === undefined || command.value === undefined) return [];
  const message = `${key} has a handler (${describeOrigin(handler.origin)}) and a command (${describeOrigin(command.origin)}); keep one of them`;
  return [{ key, origin: command.origin, message }];
}

function nameOf(origin: Origin, key: string): string {
  return origin.kind === "file" ? key : `${key}, from ${describeOrigin(origin)},`;
}
