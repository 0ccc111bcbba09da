import { makeExecutors } from "../../library/make-executors.ts";
import type { CommandContext } from "../command.ts";

/** Executors that say on stderr what takes long before a worker can start. */
export function speakingExecutors({ terminal }: Pick<CommandContext, "terminal">) {
  return makeExecutors({
    say: (line) => {
      if (!terminal.json) terminal.note(line);
    },
  });
}
