import { ClxError } from "../domain/errors.ts";
import type { Origin } from "./origin.ts";

/** One thing that is wrong with the configuration. */
export interface Problem {
  /** The key it is about, if it is about one. */
  readonly key?: string;
  readonly origin: Origin;
  /** Names the key and what to do. */
  readonly message: string;
}

/** All that is wrong, at once. */
export class ConfigError extends ClxError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super("invalid_config", summarize(problems.map(describeProblem)));
    this.problems = problems;
  }
}

/** `/srv/course/.clx/config.toml:7:1: …`; the message of a variable or option names it itself. */
export function describeProblem({ origin, message }: Problem): string {
  if (origin.kind !== "file") return message;
  return `${origin.path}:${origin.line}:${origin.column}: ${message}`;
}

function summarize(lines: readonly string[]): string {
  if (lines.length === 1) return lines[0] ?? "";
  return [`there are ${lines.length} problems in the configuration:`, ...lines].join("\n  ");
}
