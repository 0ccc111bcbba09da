import { age } from "../../cli/present/time.ts";
import { size } from "../../domain/size-words.ts";
import { fewOf } from "../../domain/taken-ahead.ts";
import type { Task } from "../../domain/task.ts";
import { title } from "../../domain/task-words.ts";
import { span } from "../../domain/time-words.ts";
import { isLive } from "../../domain/worker-state.ts";
import { percentWords } from "../../domain/worker-words.ts";
import { taskMark, workerMark } from "../marks.ts";
import type { Row } from "../rows.ts";
import type { PaneName } from "../state.ts";
import type { TableColumn } from "./columns.ts";
import { causeOf, progressOf } from "./task-facts.ts";

export function tableColumns(pane: PaneName, now: number): readonly TableColumn<Row>[] {
  if (pane === "workers") return workerColumns(now);
  return pane === "types" ? typeColumns(now) : taskColumns(now);
}

function taskColumns(now: number): TableColumn<Row>[] {
  const of = (say: (task: Task) => string) => (row: Row) => (row.task ? say(row.task) : "");
  return [
    { header: "STATE", width: 11, cell: ({ task }) => (task ? taskMark(task, now) : "") },
    { header: "TASK", width: 20, from: 100, cell: ({ id }) => id },
    { header: "TASK", width: 9, cut: "middle", cell: ({ id }) => id, to: 99 },
    { header: "TYPE", width: 9, cut: "middle", cell: of(({ type }) => type) },
    { header: "FOR", width: 4, align: "right", cell: of((task) => sinceWords(task, now)) },
    { header: "TRY", width: 4, from: 100, cell: of(triesOf) },
    { header: "WHAT", width: 30, from: 100, cell: of(title) },
    { header: "", cell: (row) => remarkOf(row, now), from: 100 },
    { header: "WHAT", cell: (row) => shortRemarkOf(row, now), to: 99 },
  ];
}

/** How long it has been in its state. */
function sinceWords({ state, createdAt, startedAt, endedAt }: Task, now: number): string {
  if (state === "running") return startedAt === undefined ? "" : age(startedAt, now);
  return age(endedAt ?? createdAt, now);
}

function triesOf({ attempt, attemptLimit }: Task): string {
  return attempt === 0 ? "" : `${attempt}/${attemptLimit}`;
}

/** The one thing worth saying about it besides its title. */
function remarkOf({ task, because }: Row, now: number): string {
  if (task === undefined) return "";
  if (because !== undefined) return because;
  const { state, startedAt, endedAt } = task;
  if (state === "running") return progressOf(task, 10);
  if (state !== "completed" || startedAt === undefined) return causeOf(task);
  return `took ${span((endedAt ?? now) - startedAt)}`;
}

function shortRemarkOf(row: Row, now: number): string {
  const remark = remarkOf(row, now);
  const of = row.task ? title(row.task) : "";
  return row.task?.state === "completed" ? `${remark}: ${of}` : remark || of;
}

function workerColumns(now: number): TableColumn<Row>[] {
  return [
    { header: "STATE", width: 10, cell: ({ worker }) => (worker ? workerMark(worker) : "") },
    { header: "WORKER", width: 18, cut: "middle", cell: ({ id }) => id, to: 99 },
    { header: "WORKER", width: 34, cut: "middle", cell: ({ id }) => id, from: 100 },
    { header: "TYPE", width: 9, cut: "middle", cell: ({ worker }) => worker?.worker.type ?? "" },
    { header: "MODE", width: 10, from: 100, cell: ({ worker }) => worker?.worker.mode ?? "" },
    { header: "JOBS", width: 5, align: "right", cell: jobsOf },
    { header: "UP", width: 4, align: "right", cell: (row) => uptimeOf(row, now) },
    { header: "BEAT", width: 4, align: "right", cell: (row) => beatOf(row, now) },
    { header: "MEMORY", width: 8, align: "right", cell: memoryOf },
    { header: "CPU", width: 5, align: "right", from: 100, cell: cpuOf },
    { header: "TASK", cell: ({ worker }) => (worker ? fewOf(worker.worker.taskIds, " ") : "") },
  ];
}

function jobsOf({ worker }: Row): string {
  return worker ? String(worker.worker.tasksCompleted + worker.worker.tasksFailed) : "";
}

function uptimeOf({ worker }: Row, now: number): string {
  const { activatedAt, endedAt } = worker?.worker ?? {};
  return activatedAt === undefined ? "" : age(activatedAt, endedAt ?? now);
}

function beatOf({ worker }: Row, now: number): string {
  const { heartbeatAt, state } = worker?.worker ?? {};
  if (heartbeatAt === undefined || state === undefined || !isLive(state)) return "";
  return age(heartbeatAt, now);
}

function memoryOf({ worker }: Row): string {
  const usage = worker?.worker.usage;
  return usage ? size(usage.memory) : "";
}

function cpuOf({ worker }: Row): string {
  return percentWords(worker?.worker.usage?.cpuPercent);
}

function typeColumns(now: number): TableColumn<Row>[] {
  return [
    { header: "TYPE", width: 16, cut: "middle", cell: ({ id }) => id },
    { header: "BUSY", width: 4, align: "right", cell: ({ type }) => some(type?.workers.busy) },
    { header: "IDLE", width: 4, align: "right", cell: ({ type }) => some(type?.workers.idle) },
    { header: "RUNNING", width: 7, align: "right", cell: ({ type }) => some(type?.running) },
    { header: "PENDING", width: 7, align: "right", cell: ({ type }) => some(type?.pending) },
    { header: "BLOCKED", width: 7, align: "right", cell: ({ type }) => some(type?.blocked) },
    {
      header: "OLDEST",
      width: 6,
      align: "right",
      cell: ({ type }) =>
        type?.oldestPendingAt === undefined ? "" : age(type.oldestPendingAt, now),
    },
    {
      header: "EACH",
      width: 7,
      align: "right",
      cell: ({ type }) => (type?.averageMs === undefined ? "" : span(type.averageMs)),
    },
    { header: "LAST HOUR", cell: lastHourOf },
  ];
}

function some(count: number | undefined): string {
  return count ? String(count) : ".";
}

function lastHourOf({ type }: Row): string {
  if (type === undefined) return "";
  const { completed, failed } = type.lastHour;
  return failed === 0 ? `${completed} done` : `${completed} done, ${failed} failed`;
}
