import { isAlive } from "../../machine/process-identity.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { Terminal } from "../terminal.ts";

/**
 * What is shown as running may be what a killed run has left: its workers in containers reach
 * nobody, so that only the next sweep puts it right.
 */
export async function tellOfTheDead(terminal: Terminal, store: TaskStore): Promise<void> {
  for (const { kind, process } of await store.listSessions({ open: true })) {
    if (isAlive(process) !== false) continue;
    terminal.note(
      `process ${process.pid} (${kind}) is gone, and what it left is shown as it was then; "clx workers cleanup" puts it right`,
    );
  }
}
