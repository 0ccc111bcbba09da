import { liveWorkerStates } from "../../domain/worker-state.ts";
import { whereIs } from "../../machine/process-identity.ts";
import type { TaskStore } from "../../store/task-store.ts";

const reason = "the machine has been restarted";

/**
 * Ends the rows of workers and sessions whose processes ran before this machine was restarted;
 * their tasks run again. Without this they would be taken for ones of another machine, and given
 * up only when their lease has lapsed.
 *
 * @returns how many workers there were
 */
export async function buryEarlierBoot(store: TaskStore, now = Date.now()): Promise<number> {
  for (const { id, process } of await store.listSessions({ open: true })) {
    if (whereIs(process) === "earlier_boot") await store.endSession({ sessionId: id, reason, now });
  }
  const live = await store.listWorkers({ states: liveWorkerStates });
  const ended = live.filter(({ process, parent }) => {
    const known = process ?? parent;
    return known !== undefined && whereIs(known) === "earlier_boot";
  });
  for (const { id } of ended) {
    const message = `the worker ${id} that ran it is gone: ${reason}`;
    await store.endWorker({
      workerId: id,
      event: "fail",
      ending: { reason },
      tasks: { kind: "failed", failure: { kind: "worker_died", message } },
      now,
      jitter: Math.random(),
    });
  }
  return ended.length;
}
