import type { PastTask, TreeProcess, WorkerModel } from "../../../dashboard/worker/worker-model.ts";
import { eventTypes, type LoggedEvent } from "../../../domain/event.ts";
import { tellsOnlyTaken } from "../../../domain/taken-ahead.ts";
import type { Task } from "../../../domain/task.ts";
import type { Worker } from "../../../domain/worker.ts";
import { isLive } from "../../../domain/worker-state.ts";
import { cursorAt } from "../../../library/cursor-at.ts";
import { isAlive, ownIdentity } from "../../../machine/process-identity.ts";
import { processTable } from "../../../machine/process-table/open.ts";
import { lookAtMachine } from "../../../overview/look-at-machine.ts";
import { seeWorker } from "../../../overview/see-workers.ts";
import type { TaskStore } from "../../../store/task-store.ts";
import { readWorkerLog } from "../../operations/read-worker-log.ts";
import { findWorker } from "../../operations/worker-acts.ts";
import type { Asked } from "../../route.ts";
import { viewerOf } from "../show-page.ts";
import { curvesOf } from "../workers/curves.ts";
import { showWorker } from "../workers/gather-workers.ts";

const types = eventTypes.filter((type) => type.startsWith("worker_") || type === "orphan_ended");
const eventsShown = 100;
const pastShown = 20;
/** So many of the last tasks that it gave back, begun or not, are looked at. */
const givenBackRead = 200;
const runningRead = 500;
const logBytes = 32_768;
const hourMs = 3_600_000;
/** Nobody ends a worker for longer: whoever did so has died itself. */
const longestEndingMs = 30_000;

export async function gatherWorker(
  { server, caller }: Pick<Asked, "server" | "caller">,
  id: string,
): Promise<WorkerModel> {
  const { store, workforce, feed, clock } = server;
  const now = clock.now();
  const worker = await findWorker(server, id);
  const workerId = worker.id;
  const after = await cursorAt(store, worker.registeredAt);
  const [places, events, ended, lost, running, log] = await Promise.all([
    workforce.places(),
    store.listEvents({ after, limit: eventsShown, newestBefore: "end", workerId, types }),
    store.listTasks({ workerId, order: "ended", limit: pastShown }),
    lostTasks(store, { workerId, after }),
    store.listTasks({ workerId, states: ["running"], limit: runningRead }),
    readWorkerLog(worker, logBytes),
  ]);
  const seen = isLive(worker.state)
    ? seeWorker(worker, lookAtMachine(), now)
    : ({ worker, condition: "well" } as const);
  const byId = new Map(running.items.map((task) => [task.id, task]));
  const shown = await showWorker(seen, { server, places, running: byId, now });
  const past = await Promise.all(
    [...new Map([...lost, ...ended.items].map((task) => [task.id, task])).values()]
      .filter((task) => !worker.taskIds.includes(task.id))
      .map(async (task) => ({
        task,
        attempts: (await store.attemptsOf(task.id)).filter((one) => one.workerId === workerId),
      })),
  );
  const endOf = ({ attempts }: PastTask) => attempts.at(-1)?.endedAt ?? now;
  const hour = curvesOf(feed.usageOf(workerId), { now, lengthMs: hourMs });
  const processes = treeOf(worker);
  return {
    ...shown,
    ...{ now, events, log },
    past: past.toSorted((a, b) => endOf(b) - endOf(a)).slice(0, pastShown),
    isBeingEnded: isBeingEnded(worker, events, now),
    viewer: viewerOf(caller),
    ...(hour !== undefined && { hour }),
    ...(processes !== undefined && { processes }),
  };
}

/** What it had when it died, or gave back: others have those tasks now. */
async function lostTasks(
  store: TaskStore,
  about: { readonly workerId: string; readonly after: number },
): Promise<Task[]> {
  const events = await store.listEvents({
    ...about,
    types: ["task_requeued", "task_released"],
    newestBefore: "end",
    limit: givenBackRead,
  });
  const begun = events.filter((event) => !tellsOnlyTaken(event)).slice(0, pastShown);
  const ids = new Set(begun.flatMap(({ taskId }) => taskId ?? []));
  const tasks = await Promise.all([...ids].map((id) => store.findTask(id)));
  return tasks.filter((task) => task !== undefined);
}

/** An abort ends the row first; until nothing is left of its processes, that is not the end of it. */
function isBeingEnded(worker: Worker, events: readonly LoggedEvent[], now: number): boolean {
  if (isLive(worker.state) || now - (worker.endedAt ?? 0) > longestEndingMs) return false;
  const has = (wanted: LoggedEvent["type"]) => events.some(({ type }) => type === wanted);
  return has("worker_aborted") && !has("worker_gone");
}

/** Each process after its parent. Another machine's processes cannot be seen. */
function treeOf({ process, state, mode }: Worker): TreeProcess[] | undefined {
  if (process === undefined || !isLive(state) || mode === "inline") return undefined;
  if (process.host !== ownIdentity().host || isAlive(process) !== true) return undefined;
  const table = processTable();
  const all = table.read();
  const named = (pid: number) => {
    const name = table.nameOf(pid);
    return name === undefined ? {} : { name };
  };
  const descend = (pid: number, depth: number): TreeProcess[] =>
    all
      .filter((one) => one.pid === pid)
      .flatMap(({ memory, cpuMs }) => [
        { pid, depth, memory, cpuMs, ...named(pid) },
        ...all.filter(({ parent }) => parent === pid).flatMap((one) => descend(one.pid, depth + 1)),
      ]);
  return descend(process.pid, 0);
}
