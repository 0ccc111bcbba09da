import { nearestName } from "./nearest-name.ts";

/**
 * How somebody gets workers of a type, as a clause.
 *
 * @param known types that ship and that are configured; absent where nobody knows
 */
export function startHint(type: string, known: readonly string[] = [type]): string {
  if (known.includes(type)) return `"clx supervise --type ${type}" starts some`;
  const meant = nearestName(type, known);
  if (meant !== undefined) return `did you mean ${meant}? ${ownTypeHint(type)}`;
  return `this type is not known here. ${ownTypeHint(type)}`;
}

/** Names of ours whose tables in the configuration say nothing of a module. */
export const namesOfOurs: readonly string[] = ["notebook", "plantuml", "drawio", "agent"];

/** What a type that neither ships nor is configured needs. */
export function ownTypeHint(type: string): string {
  if (namesOfOurs.includes(type)) {
    return `This version has no ${type} workers; a module of your own does their tasks: "clx supervise --type ${type} --handler FILE"`;
  }
  return `A type of your own needs its module: "clx supervise --type ${type} --handler FILE", or a table [workers.${type}] in the configuration`;
}
