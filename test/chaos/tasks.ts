import { fileURLToPath } from "node:url";
import { newId } from "../../src/domain/ids.ts";
import type { NewTask } from "../../src/domain/task.ts";
import type { ChaosPayload } from "./programs/chaos-worker.ts";
import { taskMark } from "./run-guard.ts";

/** Tries again and soon, however often it is shot at. */
const tireless = { maxAttempts: 1_000, on: "any", backoffMs: 20, maxBackoffMs: 200 } as const;

interface TaskWishes extends Partial<NewTask> {
  readonly folder: string;
}

export function chaosTask(
  { folder, ...task }: TaskWishes,
  payload: Omit<ChaosPayload, "folder">,
): NewTask {
  return { ...commonTask(), type: "chaos", payload: { folder, ...payload }, ...task };
}

/** Runs `programs/run-program.ts`, which leaves children behind that are hard to end. */
export function commandTask(
  { folder, ...task }: TaskWishes,
  { ms, children = "stubborn" }: { readonly ms: number; readonly children?: "stubborn" | "polite" },
): NewTask {
  const id = newId(Date.now());
  const program = fileURLToPath(new URL("programs/run-program.ts", import.meta.url));
  const argv = [process.execPath, program, folder, String(ms), children];
  return {
    ...commonTask(),
    type: "command",
    payload: { argv, env: { [taskMark]: id } },
    ...task,
    id,
  };
}

function commonTask() {
  return {
    id: newId(Date.now()),
    queue: "default",
    priority: 0,
    retry: tireless,
    after: [],
    onDependencyFailure: "skip",
  } as const;
}
