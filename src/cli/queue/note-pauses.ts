import { isHeldBy, pauseWords, resumeCommand } from "../../domain/pause.ts";
import type { Task } from "../../domain/task.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { Terminal } from "../terminal.ts";

/** Says what holds back tasks that have just been submitted: nobody shall wonder why they wait. */
export async function notePauses(
  terminal: Terminal,
  store: TaskStore,
  tasks: readonly Task[],
): Promise<void> {
  for (const pause of await store.listPauses()) {
    if (!tasks.some((task) => isHeldBy(task, pause))) continue;
    terminal.hint(terminal.harmless(`${pauseWords(pause)}; to go on: ${resumeCommand(pause)}`));
  }
}
