import { ClxError } from "../domain/errors.ts";
import { anyType, type WorkerDefinition } from "./handler.ts";
import { placeOfMistake } from "./place-of-mistake.ts";

/** @throws ClxError `unknown_handler` */
export async function loadHandler(url: string, type: string): Promise<WorkerDefinition> {
  const definition = await importDefault(url);
  if (!isDefinition(definition)) {
    throw new ClxError(
      "unknown_handler",
      `${url} has no worker definition as its default export; write "export default defineWorker({ type, handle })"`,
    );
  }
  if (definition.type !== type && definition.type !== anyType) {
    throw new ClxError(
      "unknown_handler",
      `${url} defines workers of type "${definition.type}", and "${type}" was asked for; correct the type or the module`,
    );
  }
  return definition;
}

async function importDefault(url: string): Promise<unknown> {
  try {
    const module: { readonly default?: unknown } = await import(url);
    return module.default;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const place = placeOfMistake(cause, url);
    const where = place === undefined ? "" : ` (${place})`;
    const message = `the handler ${url} cannot be loaded: ${why}${where}`;
    throw new ClxError("unknown_handler", message, { cause });
  }
}

function isDefinition(value: unknown): value is WorkerDefinition {
  if (typeof value !== "object" || value === null) return false;
  const { type, handle } = value as Partial<Record<keyof WorkerDefinition, unknown>>;
  return typeof type === "string" && typeof handle === "function";
}
