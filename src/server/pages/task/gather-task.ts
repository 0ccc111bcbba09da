import { type AgentModel, isAgentTask } from "../../../dashboard/agent/agent-model.ts";
import type { Dependency, TaskModel } from "../../../dashboard/task/task-model.ts";
import type { EventType, LoggedEvent } from "../../../domain/event.ts";
import { newId } from "../../../domain/ids.ts";
import type { Attempt, Task } from "../../../domain/task.ts";
import { cursorAt } from "../../../library/cursor-at.ts";
import type { TaskStore } from "../../../store/task-store.ts";
import { findTask, whyItWaits } from "../../operations/task-acts.ts";
import type { Asked } from "../../route.ts";
import { viewerOf } from "../show-page.ts";
import { type AgentSources, gatherAgent } from "./gather-agent.ts";
import { gatherConversation } from "./gather-conversation.ts";
import { gatherLog, type LogPlace, type LogSources } from "./gather-log.ts";

const mostLinked = 50;
const mostEvents = 200;

/** What the page of one task shows. @throws TaskNotFoundError */
export async function gatherTask(
  { server, caller }: Pick<Asked, "server" | "caller">,
  id: string,
  place: LogPlace,
): Promise<TaskModel> {
  const { store, clock, feed } = server;
  const task = await findTask(store, id);
  const now = clock.now();
  const attempts = await store.attemptsOf(id);
  const [waitsBecause, dependencies, dependants, events, log] = await Promise.all([
    whyItWaits(server, task),
    Promise.all(task.after.slice(0, mostLinked).map((other) => dependency(store, other))),
    store.listTasks({ dependsOn: id, limit: mostLinked }),
    eventsOf(store, task, attempts),
    gatherLog(store, { task, attempts, place }),
  ]);
  const isRunning = task.state === "running" && task.workerId !== undefined;
  return {
    ...{ task, attempts, dependencies, events, log, now, viewer: viewerOf(caller) },
    againKey: newId(now),
    ...(isAgentTask(task) && {
      agent: await agentOf(store, { task, attempts, place, dependants: dependants.items, now }),
    }),
    dependants: dependants.items,
    hasMoreDependants: dependants.next !== undefined,
    usage: isRunning ? feed.usageOf(task.workerId ?? "") : [],
    ...(waitsBecause !== undefined && { waitsBecause }),
  };
}

async function agentOf(
  store: TaskStore,
  { place, attempts, ...sources }: AgentSources & Pick<LogSources, "attempts" | "place">,
): Promise<AgentModel> {
  const facts = await gatherAgent(store, sources);
  if (place.view === "log") return { ...facts, view: "log" };
  const { task } = sources;
  const conversation = await gatherConversation(store, { task, attempts, place });
  return { ...facts, view: "conversation", conversation };
}

async function dependency(store: TaskStore, id: string): Promise<Dependency> {
  const task = await store.findTask(id);
  return { id, ...(task && { task }) };
}

const workerEvents: readonly EventType[] = [
  "worker_hung",
  "worker_responding",
  "worker_draining",
  "worker_signalled",
  "worker_aborted",
  "worker_failed",
  "worker_gone",
];

/** How long after an attempt's end its worker's end may be told. */
const aftermathMs = 5_000;

/** What the log has about the task, and about its workers while they had it. */
async function eventsOf(
  store: TaskStore,
  { id, createdAt }: Task,
  attempts: readonly Attempt[],
): Promise<readonly LoggedEvent[]> {
  const after = await cursorAt(store, createdAt);
  const newest = { after, newestBefore: "end" as const, limit: mostEvents };
  const withWorker = attempts.slice(-10).filter(({ workerId }) => workerId !== undefined);
  const found = await Promise.all([
    store.listEvents({ ...newest, taskId: id }),
    ...withWorker.map(async ({ workerId = "", startedAt, endedAt }) => {
      const events = await store.listEvents({ ...newest, workerId, types: workerEvents });
      const until = endedAt === undefined ? Number.POSITIVE_INFINITY : endedAt + aftermathMs;
      return events.filter(({ at }) => at >= startedAt && at <= until);
    }),
  ]);
  const byCursor = new Map(found.flat().map((event) => [event.cursor, event]));
  return [...byCursor.values()].toSorted((a, b) => a.cursor - b.cursor);
}
