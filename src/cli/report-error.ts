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
  const refusal = refusalOf(error);
  if (refusal !== undefined) {
    return { code: "file_refused", message: refusal, exitCode: errorFacts.file_refused.exitCode };
  }
  const what = error instanceof Error ? error.message : String(error);
  const message = `this should not have happened: ${what}; run it again with --verbose to see where, and report it`;
  return { code: "internal", message, exitCode: 3 };
}

/** What the system does not allow is no fault of the program's. */
function refusalOf(error: unknown): string | undefined {
  const { code = "", path }: NodeJS.ErrnoException = error instanceof Error ? error : new Error();
  const why = refusals[code];
  return why !== undefined && path !== undefined ? `${path}: ${why}` : undefined;
}

const refusals: Readonly<Record<string, string>> = {
  EACCES: "you may not; look at the owner and mode of it and of the folders above (ls -ld)",
  EPERM: "the system does not allow it; look at its owner, mode and attributes",
  EROFS: "it is on a file system that can only be read",
  ENOSPC: "the disk is full; make room (df -h)",
  EDQUOT: "your share of the disk is used up; make room",
  ENAMETOOLONG: "its name is too long for the file system",
};

function withCauses(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by: ${withCauses(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
