import { parseOneOf } from "../input/one-of.ts";
import type { Terminal } from "../terminal.ts";
import { Log, type LogParams } from "./log.ts";
import { type LogLevel, logLevels } from "./log-level.ts";

export const logOptions = {
  "log-level": {
    type: "string",
    value: "LEVEL",
    help: "what the log tells: debug (all; so does --verbose), info, warn or error",
  },
  "log-format": {
    type: "string",
    value: "FORMAT",
    help: "of the log: pretty, or json with an object on each line",
  },
} as const;

export interface LogValues {
  readonly "log-level"?: string;
  readonly "log-format"?: string;
}

export interface LogWishes {
  readonly level: LogLevel;
  readonly format: LogParams["format"];
}

export function readLogWishes(
  values: LogValues,
  { verbose, json }: { readonly verbose: boolean; readonly json: boolean },
): LogWishes {
  const { "log-level": level, "log-format": format } = values;
  return {
    level: parseOneOf(level ?? (verbose || json ? "debug" : "info"), "--log-level", logLevels),
    format: parseOneOf(format ?? (json ? "json" : "pretty"), "--log-format", ["pretty", "json"]),
  };
}

/** A log for whoever looks on. On stdout it is the result of the command. */
export function logOn(
  terminal: Terminal,
  { stream = "stdout", ...wishes }: LogWishes & { readonly stream?: "stdout" | "stderr" },
): Log {
  return new Log({
    ...wishes,
    write: (line) =>
      stream === "stdout"
        ? terminal.print(terminal.harmless(line))
        : terminal.note(terminal.harmless(line)),
    reader: "terminal",
    tasks: "info",
  });
}
