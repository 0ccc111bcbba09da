import type { NewEvent } from "../domain/event.ts";
import type { Worker } from "../domain/worker.ts";

type Whom = Pick<Worker, "id" | "type" | "mode">;

/** A step of ending a worker by force. */
export function signalledEvent(
  { id, type, mode }: Whom,
  signal: string,
  processes: number,
): Omit<NewEvent, "at"> {
  const whom = processes === 1 ? "1 process" : `${processes} processes`;
  return {
    type: "worker_signalled",
    message: `${id}: ${signal} to ${whom}${signal === "SIGTERM" ? "; waiting for the end" : ""}`,
    ...{ workerId: id, workerType: type, mode },
    data: { signal, processes },
  };
}

/** The last step: it was looked for, and nothing of it is left. */
export function goneEvent({ id, type, mode }: Whom): Omit<NewEvent, "at"> {
  return {
    type: "worker_gone",
    message: `${id}: nothing of it is left, which was looked for`,
    ...{ workerId: id, workerType: type, mode },
    data: { verified: true },
  };
}
