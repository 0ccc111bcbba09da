import type { Config } from "../config/config.ts";
import type { DatabasePlace } from "../config/database-place.ts";
import type { TaskStore } from "../store/task-store.ts";
import type { Terminal } from "./terminal.ts";

/**
 * One command of `clx`: what its help says, which options it takes, and what it does.
 *
 * `run` prints results through the terminal, throws ClxError for what went wrong, and answers
 * with the exit code.
 */
export interface Command<Options extends OptionSpecs = OptionSpecs> {
  /** One or two words: "submit", "tasks list". */
  readonly name: string;
  /** What follows `clx` in the first line of the help. */
  readonly usage: string;
  readonly summary: string;
  /** One to three, shown first in the help. */
  readonly examples?: readonly Example[];
  /** Further paragraphs of the help. */
  readonly details?: string;
  readonly options: Options;
  /** How many words it takes besides its options; none by default. */
  readonly words?: { readonly atLeast: number; readonly atMost: number };
  /** It reads what follows `--`. */
  readonly takesRest?: boolean;
  /** It must work when the configuration is wrong; what is wrong is missing in its context then. */
  readonly bearsWrongConfig?: boolean;
  run(context: CommandContext, given: Given<Options>): Promise<number>;
}

export interface Example {
  /** What one wants, as a short clause: "run a program and see what it writes". */
  readonly wish: string;
  /** The whole line, from `clx` on. */
  readonly line: string;
}

export interface OptionSpec {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  /** How the value is called in the help. */
  readonly value?: string;
  readonly help: string;
  /** It is taken, and neither help nor completion speak of it. */
  readonly isHidden?: boolean;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export interface Given<Options extends OptionSpecs> {
  readonly values: { readonly [Name in keyof Options]?: ValueOf<Options[Name]> };
  readonly words: readonly string[];
  /** What followed `--`; `undefined` when there was none. */
  readonly rest: readonly string[] | undefined;
}

type ValueOf<Spec extends OptionSpec> = Spec["type"] extends "boolean"
  ? boolean
  : Spec extends { readonly multiple: true }
    ? readonly string[]
    : string;

export interface CommandContext {
  readonly terminal: Terminal;
  /** All layers, the options of the command among them. */
  readonly config: Config;
  readonly cwd: string;
  readonly database: DatabasePlace;
  readonly verbose: boolean;
  readonly clock: () => number;
  /** The whole table, for commands that speak of the others. */
  readonly allCommands: () => Promise<readonly Command[]>;
  /**
   * Opens the store, once; it is closed when the command ends. A reader of a database that is
   * not there is told so; a writer makes it.
   */
  openStore(purpose: "read" | "write"): Promise<TaskStore>;
}

/** Keeps the types of the options inside the command; outside all commands look alike. */
export function defineCommand<const Options extends OptionSpecs>(
  command: Command<Options>,
): Command {
  return command as Command;
}

/** The options that help and completion speak of. */
export function toldOptions(specs: OptionSpecs): [string, OptionSpec][] {
  return Object.entries(specs).filter(([, { isHidden }]) => !isHidden);
}

/** Every command takes these. */
export const commonOptions = {
  "db-path": { type: "string", value: "FILE", help: "the database (default: .clx/clx_jobs.db)" },
  format: { type: "string", value: "FORMAT", help: "table or json" },
  json: { type: "boolean", help: "the same as --format json" },
  "no-color": { type: "boolean", help: "print without colours" },
  verbose: { type: "boolean", help: "say more: all events, the stack of an error" },
  help: { type: "boolean", help: "print this" },
} as const satisfies OptionSpecs;
