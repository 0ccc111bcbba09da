import { size } from "../../domain/size-words.ts";
import { isLive } from "../../domain/worker-state.ts";
import { percentWords } from "../../domain/worker-words.ts";
import { chart } from "../chart.ts";
import { type Html, html, nothing, type Part } from "../html.ts";
import { progressBar } from "../progress.ts";
import { shownTitle, taskAddress } from "../tasks/task-title.ts";
import { exactUtc, time } from "../time.ts";
import { exitWords } from "../workers/ended-table.ts";
import { workerActions } from "../workers/worker-actions.ts";
import { workerMark } from "../workers/worker-mark.ts";
import { pageLinks } from "../workers/workers-model.ts";
import { factsOf } from "./facts.ts";
import { lifeOf } from "./life.ts";
import { pastTasks } from "./past-tasks.ts";
import { processTree } from "./process-tree.ts";
import { workerLog } from "./worker-log.ts";
import type { WorkerModel } from "./worker-model.ts";

/** Why did it die, or what holds it? */
export function workerPage(model: WorkerModel): Html {
  const { worker } = model;
  const live = html`data-live="worker:${worker.id} workers"`;
  return html`<header class="worker-head" id="worker-head" ${live} data-interval="5" data-announce="${worker.id} is ${worker.state}"><p class="crumbs"><a href="/workers">Workers</a>${model.name !== worker.id && html` <span aria-hidden="true">/</span> <span class="id">${worker.id}</span>`}</p><div class="heading"><h1>${model.name}</h1><span class="marks">${workerMark({ ...model, isAborting: model.isAborting || model.isBeingEnded })}</span><div class="actions">${actions(model)}</div></div><p class="why">${whyWords(model)}</p></header>
<div class="columns">
<div class="column">
<section class="block" id="worker-now" ${live} data-interval="5" aria-labelledby="now-title"><h2 id="now-title">Now</h2>${nowTasks(model)}</section>
<section class="block" id="worker-usage" ${live} data-interval="10" aria-labelledby="usage-title"><h2 id="usage-title">Usage</h2>${usage(model)}</section>
<section class="block" id="worker-past" ${live} aria-labelledby="past-title"><h2 id="past-title">Past tasks</h2>${pastTasks(model)}</section>
</div>
<div class="column">
<section class="block" id="worker-life" ${live} aria-labelledby="life-title"><h2 id="life-title">Life and signals</h2>${lifeOf(model)}</section>
<section class="block" id="worker-tree" ${live} data-interval="5" aria-labelledby="tree-title"><h2 id="tree-title">Process tree</h2>${processTree(model)}</section>
<section class="block" id="worker-facts" ${live} data-interval="5" aria-labelledby="facts-title"><h2 id="facts-title">Identity</h2>${factsOf(model)}</section>
</div>
</div>
<section class="block" id="worker-log" ${live} data-interval="3" aria-labelledby="log-title">${workerLog(model)}</section>`;
}

function actions({ worker, name, viewer, isAborting }: WorkerModel): Html {
  const ended = isLive(worker.state) ? undefined : `It has ended: ${worker.state}.`;
  const why = ended ?? (isAborting ? "It is being aborted." : undefined);
  return workerActions({ worker, name, viewer, links: pageLinks, why });
}

function whyWords(model: WorkerModel): Part {
  const { worker, condition, now } = model;
  const isAborting = model.isAborting || model.isBeingEnded;
  const { state, ending, endedAt, heartbeatAt } = worker;
  if (ending !== undefined && !isAborting)
    return html`Ended ${endedAt !== undefined && time(endedAt, { now })}: ${ending.reason}${exitWords(ending)}.`;
  if (isAborting)
    return "It is asked to end, is killed after a second with its whole process tree, and that is verified to be gone.";
  if (condition === "lost")
    return "Its process is gone; a supervisor puts that right within seconds.";
  if (condition === "stalled")
    return html`No heartbeat since ${time(heartbeatAt ?? worker.registeredAt, { now })}: it may be busy beyond measure, or stuck. Wait, or abort it.`;
  if (condition === "silent")
    return html`Not heard of since ${time(heartbeatAt ?? worker.registeredAt, { now })}, which is longer than its lease: if that goes on, its tasks are given to others.`;
  if (condition === "hung" || state === "hung")
    return "It is alive and does not respond, or is past its deadline.";
  if (state === "draining") return "It finishes what it has, takes no more, and leaves.";
  if (state === "created") return "It starts, and has not shown its launch token yet.";
  if (state === "idle") return "It waits for a task.";
  return html`It works${heartbeatAt !== undefined && html`, last heard of ${time(heartbeatAt, { now })}`}.`;
}

function nowTasks({ worker, tasks, now }: WorkerModel): Html {
  const missing = worker.taskIds.length - tasks.length;
  if (tasks.length === 0) return html`<p class="muted calm">It runs no task.</p>`;
  return html`<ul class="notable">${tasks.map((task) => {
    const words = shownTitle(task);
    return html`<li id="now-${task.id}"><p class="title"><a href="${taskAddress(task.id)}" title="${words}">${words}</a></p><p class="small-facts">${task.startedAt !== undefined && html`<span>${time(task.startedAt, { now, as: "for" })}</span>`}<span>attempt ${task.attempt}</span><span class="id">${task.id}</span></p>${progressBar(task)}</li>`;
  })}${missing > 0 && html`<li class="muted">+ ${missing} more</li>`}</ul>`;
}

const minuteMs = 60_000;

function usage({ hour, worker, now }: WorkerModel): Html {
  const { usage: last, memoryLimit, expectedMemory, peakMemory } = worker;
  if (hour === undefined)
    return html`<p class="muted calm">Nothing was measured${isLive(worker.state) ? " yet" : " by this server"}.${peakMemory !== undefined && html` Peak memory ${size(peakMemory)}.`}</p>`;
  const points = hour.memory.map((_, at) => {
    const when = now - (hour.memory.length - 1 - at) * minuteMs;
    return html`<time datetime="${new Date(when).toISOString()}" data-tick="minute">${exactUtc(when).slice(11, 16)}</time>`;
  });
  const shared = { points, pointHead: "Minute", scale: ["60m ago", "45m", "30m", "15m", "now"] };
  const percent = percentWords(last?.cpuPercent);
  const limit =
    memoryLimit === undefined ? `expected ${size(expectedMemory)}` : `limit ${size(memoryLimit)}`;
  return html`${chart({
    ...shared,
    id: "memory-chart",
    title: "Memory of its tree",
    sentence: `Memory ${last === undefined ? "unknown" : size(last.memory)} now, peak ${size(peakMemory ?? 0)}, ${limit}.`,
    series: [
      {
        label: limit,
        values: hour.memory,
        tone: "running",
        latest: last === undefined ? "–" : size(last.memory),
      },
    ],
    tell: size,
    unit: "bytes",
  })}${chart({
    ...shared,
    id: "cpu-chart",
    title: "Processor",
    sentence:
      percent === "" ? "Processor not measured yet." : `Processor ${percent} of a core now.`,
    series: [
      {
        label: "100 % is one core",
        values: hour.cpu,
        tone: "completed",
        latest: percent || "–",
      },
    ],
    tell: (value) => `${Math.round(value)} %`,
    least: 100,
  })}${peakMemory === undefined ? nothing : html`<p class="muted">Peak memory ${size(peakMemory)}.</p>`}`;
}
