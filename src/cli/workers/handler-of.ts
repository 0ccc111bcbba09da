import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ClxError } from "../../domain/errors.ts";
import { nearestName } from "../../domain/nearest-name.ts";
import { siblingModule } from "../../worker/sibling-module.ts";

/** The worker types that ship with clx, and their modules. */
const shipped: Readonly<Record<string, string>> = {
  command: "../../workers/command/command-worker",
};

export interface HandlerParams {
  readonly type: string;
  /** A module of the user's. */
  readonly file?: string | undefined;
  readonly cwd: string;
}

/** URL of the module that defines a worker type. */
export function handlerOf({ type, file, cwd }: HandlerParams): string {
  if (file !== undefined) return moduleUrl(resolve(cwd, file));
  const path = Object.hasOwn(shipped, type) ? shipped[type] : undefined;
  if (path !== undefined) return siblingModule(path, import.meta.url).href;
  const known = Object.keys(shipped);
  const meant = nearestName(type, known);
  const hint = meant ? `did you mean ${meant}?` : `clx has ${known.join(", ")}.`;
  throw new ClxError(
    "unknown_worker_type",
    `clx has no workers of type "${type}"; ${hint} For a type of your own name its module by --handler FILE`,
  );
}

function moduleUrl(path: string): string {
  if (existsSync(path)) return pathToFileURL(path).href;
  throw new ClxError("unknown_handler", `there is no module ${path} for --handler`);
}
