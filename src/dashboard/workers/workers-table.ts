import { containerOf, shortId } from "../../domain/container-facts.ts";
import { size } from "../../domain/size-words.ts";
import { percentWords } from "../../domain/worker-words.ts";
import { sparkline } from "../chart.ts";
import { empty } from "../empty.ts";
import { type Html, html, nothing, type Part } from "../html.ts";
import { progressBar } from "../progress.ts";
import { type Row, table } from "../table.ts";
import { shownTitle, taskAddress } from "../tasks/task-title.ts";
import { time } from "../time.ts";
import { panelId } from "./panel-id.ts";
import { workerActions } from "./worker-actions.ts";
import { workerMark } from "./worker-mark.ts";
import { type ShownWorker, type WorkersModel, workerAddress } from "./workers-model.ts";

const columns = [
  { head: "Worker", name: "worker" },
  { head: "State", name: "state" },
  { head: "Task", name: "task" },
  { head: "Memory", name: "usage" },
  { head: "CPU", name: "usage" },
  { head: "Heartbeat", name: "age" },
  { head: "Restarts", isNumber: true },
  { head: "Actions", isUnseen: true, name: "actions" },
] as const;

export function workersTable(model: WorkersModel): Html {
  const { workers, vacant } = model;
  if (workers.length === 0 && vacant.length === 0) return nobody(model);
  const rows = [...workers.map((one) => workerRow(one, model)), ...vacant.map(vacantRow)];
  return table({
    id: "workers-table",
    caption: "Live workers",
    isCaptionUnseen: true,
    columns,
    rows,
  });
}

function nobody({ cannotAdd, types }: WorkersModel): Html {
  if (cannotAdd === undefined)
    return empty({
      kind: "none",
      title: "No live workers",
      more: "Add one above, and it takes what waits.",
    });
  return empty({
    kind: "none",
    title: "No live workers",
    more: "In a shell beside this server:",
    command: `clx supervise --type ${types[0]?.type ?? "command"}`,
  });
}

function workerRow(shown: ShownWorker, model: WorkersModel): Row {
  const { worker, name, restarts } = shown;
  return {
    id: `worker-${worker.id}`,
    ...(shown.condition !== "well" && { className: "unwell" }),
    cells: [
      html`<a class="name" href="${workerAddress(worker.id)}">${name}</a><span class="under">${facts(shown)}</span>`,
      html`<span class="marks">${workerMark(shown, model.links)}</span>`,
      tasksOf(shown, model.now),
      memoryCell(shown),
      cpuCell(shown),
      worker.heartbeatAt === undefined
        ? html`<span class="muted">none yet</span>`
        : time(worker.heartbeatAt, { now: model.now, inRow: true }),
      restarts === 0 ? html`<span class="none">0</span>` : String(restarts),
      actions(shown, model),
    ],
  };
}

function facts({ worker, name }: ShownWorker): Part {
  const container = containerOf(worker);
  const pid =
    container !== undefined
      ? `container ${shortId(container)}`
      : worker.process === undefined
        ? "no pid yet"
        : `pid ${worker.process.pid}`;
  return html`${worker.type} · ${worker.mode} · ${pid}${name !== worker.id && html` · <span class="id">${worker.id}</span>`}`;
}

function tasksOf({ worker, tasks }: ShownWorker, now: number): Part {
  if (worker.taskIds.length === 0) return html`<span class="none">–</span>`;
  const missing = worker.taskIds.length - tasks.length;
  return html`<ul class="current">${tasks.map((task) => {
    const words = shownTitle(task);
    return html`<li><a class="task" href="${taskAddress(task.id)}" title="${words}">${words}</a><span class="under">${task.startedAt !== undefined && time(task.startedAt, { now, as: "for", inRow: true })}${task.attempt > 1 && html` · attempt ${task.attempt}`}</span>${progressBar(task)}</li>`;
  })}${missing > 0 && html`<li class="muted">+ ${missing} more</li>`}</ul>`;
}

function memoryCell({ worker, curves }: ShownWorker): Part {
  const { usage, memoryLimit, expectedMemory } = worker;
  if (usage === undefined) return html`<span class="none">–</span>`;
  const most = memoryLimit ?? expectedMemory;
  const told = `Memory ${size(usage.memory)}, ${memoryLimit === undefined ? "expected" : "limit"} ${size(most)}`;
  return html`<span class="measure"><span>${size(usage.memory)} <span class="muted most">/ ${size(most)}</span></span>${curves !== undefined && sparkline({ values: curves.memory, sentence: `${told}; the last ten minutes.`, top: Math.max(most, worker.peakMemory ?? 0), tone: usage.memory > most * 0.9 ? "failed" : "running" })}</span>`;
}

function cpuCell({ worker: { usage }, curves }: ShownWorker): Part {
  const percent = percentWords(usage?.cpuPercent);
  if (percent === "") return html`<span class="none">–</span>`;
  return html`<span class="measure"><span>${percent}</span>${curves !== undefined && sparkline({ values: curves.cpu, sentence: `Processor ${percent} of a core; the last ten minutes.`, top: Math.max(100, ...curves.cpu.map((value = 0) => value)), tone: "completed" })}</span>`;
}

function actions({ worker, name, isAborting }: ShownWorker, { viewer, links }: WorkersModel): Html {
  const why = isAborting ? "It is being aborted." : undefined;
  const target = links.isFragment ? { target: panelId } : {};
  return html`<div class="row-actions small">${workerActions({ worker, name, viewer, links, why, ...target })}</div>`;
}

function vacantRow({ name, type, restarts, trouble }: WorkersModel["vacant"][number]): Row {
  return {
    id: `place-${name}`,
    className: "vacant",
    wide: { at: 2, columns: 4 },
    cells: [
      html`<span class="name">${name}</span><span class="under">${type}</span>`,
      html`<span class="badge pending"><span class="glyph pending" aria-hidden="true">◌</span><span class="word">vacant</span></span>`,
      html`<span class="why">${trouble}</span>`,
      String(restarts),
      nothing,
    ],
  };
}
