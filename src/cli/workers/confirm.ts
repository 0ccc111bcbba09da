import { ClxError } from "../../domain/errors.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

export interface ConfirmParams {
  /** "Abort worker X? Its task Y fails" */
  readonly question: string;
  /** The option that stands for a yes. */
  readonly flag: string;
}

/** Asks the person at the terminal; where nobody can be asked, the flag must have been given. */
export async function confirm(terminal: Terminal, params: ConfirmParams): Promise<void> {
  const { question, flag } = params;
  if (!terminal.interactive) {
    throw new UsageError(`${question.replace(/[?]? *$/, "")}: add ${flag} to confirm`);
  }
  const { createInterface } = await import("node:readline/promises");
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    prompt.close();
  }
  throw new ClxError("interrupted", "nothing was done");
}
