import type { EventType, LoggedEvent } from "../../domain/event.ts";
import type { JsonValue } from "../../domain/json.ts";
import { eventWords } from "../present/event-line.ts";
import { eventJson } from "../present/json-shapes.ts";
import { localClock } from "../present/time.ts";
import { isAtLeast, type LogLevel, levelOf } from "./log-level.ts";

export interface LogParams {
  readonly write: (line: string) => void;
  /** What is less than this is left out. */
  readonly level: LogLevel;
  readonly format: "pretty" | "json";
  /** `file`: time in UTC with its date, and each level. `terminal`: for somebody who looks on. */
  readonly reader: "file" | "terminal";
  /** The level of tasks that go well. */
  readonly tasks: LogLevel;
}

type Facts = Readonly<Record<string, JsonValue>>;

/** The log of whatever keeps workers: a line for each thing that happened, in one of two forms. */
export class Log {
  readonly #params: LogParams;

  constructor(params: LogParams) {
    this.#params = params;
  }

  /** @param facts what a program should not have to read out of the words */
  say(message: string, { level = "info", ...facts }: Facts & { readonly level?: LogLevel } = {}) {
    const at = Date.now();
    const document = { at: new Date(at).toISOString(), message, ...facts };
    this.#write({ level, at, words: message, document });
  }

  tells(level: LogLevel): boolean {
    return isAtLeast(level, this.#params.level);
  }

  tellsEvent(type: EventType): boolean {
    return this.tells(levelOf(type, this.#params.tasks));
  }

  event(event: LoggedEvent): void {
    const level = levelOf(event.type, this.#params.tasks);
    this.#write({ level, at: event.at, words: eventWords(event), document: eventJson(event) });
  }

  #write({ level, at, words, document }: Entry): void {
    const { write, format, reader } = this.#params;
    if (!this.tells(level)) return;
    if (format === "json") write(JSON.stringify({ level, ...document }));
    else if (reader === "file") write(`${new Date(at).toISOString()} ${level.padEnd(5)} ${words}`);
    else write(`${localClock(at)} ${isAtLeast(level, "warn") ? `${level} ` : ""}${words}`);
  }
}

interface Entry {
  readonly level: LogLevel;
  readonly at: number;
  readonly words: string;
  readonly document: object;
}
