import { ClxError, errorFacts } from "../domain/errors.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Tells the user, and answers with the exit code. The one place where errors become output: a line
 * on stderr for people, and for programs a document on stdout, which so parses whatever happens.
 */
export function reportError(error: unknown, terminal: Terminal, verbose: boolean): number {
  const { code, message, exitCode } = describe(error);
  if (terminal.json) terminal.printJson({ error: { code, message } });
  const parted = message.includes("\n") ? "\n" : " ";
  terminal.note(`clx: ${message}${parted}(clx explain ${code})`);
  if (verbose && error instanceof Error) terminal.note(withCauses(error));
  return exitCode;
}

function describe(error: unknown): { code: string; message: string; exitCode: number } {
  if (error instanceof ClxError) {
    return { code: error.code, message: error.message, exitCode: errorFacts[error.code].exitCode };
  }
  const what = error instanceof Error ? error.message : String(error);
  const message = `this should not have happened: ${what}; run it again with --verbose to see where, and report it`;
  return { code: "internal", message, exitCode: 3 };
}

function withCauses(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by: ${withCauses(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
