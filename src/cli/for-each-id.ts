import { ClxError } from "../domain/errors.ts";
import type { CommandContext } from "./command.ts";
import { reportError } from "./report-error.ts";

/**
 * Does something for each of several ids. What fails for one is reported, and the others go on,
 * unless we are interrupted; the exit code is that of the first failure.
 */
export async function forEachId(
  { terminal, verbose }: CommandContext,
  ids: readonly string[],
  act: (id: string) => Promise<number>,
): Promise<number> {
  let exitCode = 0;
  for (const id of ids) {
    try {
      const code = await act(id);
      exitCode ||= code;
    } catch (error) {
      if (error instanceof ClxError && error.code === "interrupted") throw error;
      const code = reportError(error, terminal, verbose);
      exitCode ||= code;
    }
  }
  return exitCode;
}
