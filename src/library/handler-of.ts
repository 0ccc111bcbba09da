import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ClxError } from "../domain/errors.ts";
import { nearestName } from "../domain/nearest-name.ts";
import { siblingModule } from "../worker/sibling-module.ts";

/** The worker types that ship with clx, and their modules. */
const shipped: Readonly<Record<string, string>> = {
  agent: "../workers/agent/agent-worker",
  command: "../workers/command/command-worker",
  drawio: "../workers/drawio/drawio-worker",
  notebook: "../workers/notebook/notebook-worker",
  plantuml: "../workers/plantuml/plantuml-worker",
};

export function shippedTypes(): readonly string[] {
  return Object.keys(shipped);
}

export interface HandlerParams {
  readonly type: string;
  /** The user's own module: a path, or a URL. */
  readonly module?: string | URL | undefined;
  /** What a relative path starts from. */
  readonly cwd?: string;
}

/** URL of the module that defines a worker type. */
export function handlerOf({ type, module, cwd = "." }: HandlerParams): string {
  if (module !== undefined) return moduleUrl(module, cwd);
  const path = Object.hasOwn(shipped, type) ? shipped[type] : undefined;
  if (path !== undefined) return siblingModule(path, import.meta.url).href;
  const known = Object.keys(shipped);
  const meant = nearestName(type, known);
  const hint = meant ? `did you mean ${meant}?` : `clx has ${known.join(", ")}.`;
  throw new ClxError(
    "unknown_worker_type",
    `clx has no workers of type "${type}"; ${hint} A type of your own needs its module (--handler FILE)`,
  );
}

function moduleUrl(module: string | URL, cwd: string): string {
  if (module instanceof URL) return module.href;
  if (/^(file|data|node):/.test(module)) return module;
  const path = resolve(cwd, module);
  if (existsSync(path)) return pathToFileURL(path).href;
  throw new ClxError(
    "unknown_handler",
    `there is no module ${path}; check the path of the handler`,
  );
}
