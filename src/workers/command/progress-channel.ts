import type { JsonValue } from "../../domain/json.ts";
import type { ProgressUpdate, TaskContext } from "../../worker/handler.ts";
import type { Line } from "./line-splitter.ts";

/** The longest line that is read from file descriptor 3; the worker refuses results above 1 MiB. */
export const messageLimit = 2_097_152;

/** What a program says on file descriptor 3. */
export class ProgressChannel {
  readonly #ctx: TaskContext;
  #result: { readonly value: JsonValue } | undefined;
  #lostResult = false;

  constructor(ctx: TaskContext) {
    this.#ctx = ctx;
  }

  /** The last result, if there was one. */
  get result(): { readonly value: JsonValue } | undefined {
    return this.#result;
  }

  /** The last result was too large to be kept. */
  get lostResult(): boolean {
    return this.#lostResult;
  }

  take({ text, cut }: Line): void {
    if (cut > 0) {
      this.#lostResult ||= /^\s*\{\s*"result"\s*:/.test(text);
      this.#warn(`is longer than ${messageLimit} characters`, text);
    } else if (text.trim() !== "") {
      this.#takeMessage(text);
    }
  }

  #takeMessage(text: string): void {
    const message = readMessage(text);
    if (typeof message === "string") {
      this.#warn(message, text);
      return;
    }
    if (message.update !== undefined) this.#ctx.progress(message.update);
    if (message.result !== undefined) {
      this.#result = { value: message.result };
      this.#lostResult = false;
    }
  }

  #warn(fault: string, text: string): void {
    const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
    this.#ctx.log(`warning: a line on file descriptor 3 ${fault}: ${shown}`, "log");
  }
}

interface Message {
  readonly update?: ProgressUpdate;
  readonly result?: JsonValue;
}

/** A string says what is wrong with it. */
function readMessage(text: string): Message | string {
  const fields = parseObject(text);
  if (fields === undefined) return "is no JSON object";
  const { progress, message, data, result } = fields;
  if (progress !== undefined && !(typeof progress === "number" && progress >= 0 && progress <= 1)) {
    return "has a progress that is no number from 0 to 1";
  }
  if (message !== undefined && typeof message !== "string")
    return "has a message that is no string";
  const update = {
    ...(progress === undefined ? {} : { fraction: progress }),
    ...(message === undefined ? {} : { message }),
    ...(data === undefined ? {} : { data }),
  };
  const says = Object.keys(update).length > 0;
  if (!says && result === undefined) {
    return 'has none of "progress", "message", "data" and "result"';
  }
  return { ...(says ? { update } : {}), ...(result === undefined ? {} : { result }) };
}

function parseObject(text: string): { [key: string]: JsonValue } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return value as { [key: string]: JsonValue };
  } catch {
    return undefined;
  }
}
