import { size } from "../../domain/size-words.ts";
import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import { span } from "../../domain/time-words.ts";
import { agentFacts } from "../agent/agent-facts.ts";
import { conversationView } from "../agent/conversation.ts";
import { instructionView } from "../agent/instruction-view.ts";
import { usageBars } from "../agent/usage-bars.ts";
import { type Html, html, type Part } from "../html.ts";
import { durationWords, stateBadge } from "../tasks/task-row.ts";
import { shownTitle, taskAddress } from "../tasks/task-title.ts";
import { tasksAddress } from "../tasks/tasks-query.ts";
import { time } from "../time.ts";
import { taskActions } from "./actions.ts";
import { documentView } from "./document.ts";
import { ran, waited } from "./durations.ts";
import { failureView } from "./failure-view.ts";
import { logView } from "./log-view.ts";
import { redactText } from "./redact.ts";
import type { Dependency, TaskModel } from "./task-model.ts";
import { taskProgress } from "./task-progress.ts";
import { timeline } from "./timeline.ts";
import { usageChart } from "./usage-chart.ts";

/** What happened, and why is it waiting? */
export function taskPage(model: TaskModel): Html {
  const { task, log } = model;
  const topics = [task.id, ...model.dependencies.map(({ id }) => id)].map((id) => `task:${id}`);
  const live = [...topics, ...(task.state === "pending" ? ["overview"] : [])].join(" ");
  return html`<nav class="trail" aria-label="Breadcrumb"><a href="/tasks">Tasks</a> <span aria-hidden="true">/</span> <span class="id">${task.id}</span> <button type="button" class="link" data-copy="${task.id}" hidden>Copy id</button></nav>
<div id="task-head" class="task-head" data-live="${live}" data-announce="Task is ${task.state}">${head(model)}</div>
<div class="task-columns"><div class="task-main">
<div id="task-failure" data-live="${live}">${failureView(model)}</div>
${model.agent !== undefined && instructionView(task)}
${model.agent?.conversation === undefined ? logView(log, model.agent !== undefined) : conversationView(model.agent.conversation)}
<div id="task-documents" class="documents" data-live="task:${task.id}">${documents(task)}</div>
</div><div class="task-side">
<div id="task-facts" data-live="${live}">${agentFacts(model)}${facts(model)}${usageChart(model)}${dependencies(model)}</div>
<div id="task-timeline" data-live="task:${task.id}">${timeline(model)}</div>
</div></div>`;
}

function head(model: TaskModel): Html {
  const { task, now } = model;
  return html`<div class="heading"><h1>${shownTitle(task).slice(0, 400)}</h1>${taskActions(model)}</div>
<p class="state-line">${stateBadge(task, now)} ${reason(model)}</p>
${taskProgress(task, now)}${model.agent !== undefined && usageBars(task, model.agent)}`;
}

/** The state in one sentence. */
function reason({ task, waitsBecause, dependencies: before, now }: TaskModel): Part {
  if (waitsBecause !== undefined) {
    return html`<span class="why">${withLinks(waitsBecause, before)}</span>`;
  }
  const { state, startedAt, endedAt, cancelReason, failure } = task;
  if (state === "running" && task.cancelRequestedAt !== undefined) {
    return html`<span class="why">Its worker was asked to stop it ${time(task.cancelRequestedAt, { now })}${because(cancelReason)}.</span>`;
  }
  if (state === "running") {
    if (startedAt === undefined)
      return html`<span class="why">A worker has taken it, and begins it in a moment.</span>`;
    return html`<span class="why">Attempt ${task.attempt} of at most ${task.attemptLimit}, started ${time(startedAt, { now })}.</span>`;
  }
  const when = endedAt === undefined ? "" : time(endedAt, { now });
  if (state === "failed") {
    const tries = `at attempt ${task.attempt} of at most ${task.attemptLimit}`;
    return html`<span class="why">Failed ${when}, ${tries}: ${failure?.kind.replaceAll("_", " ") ?? "no cause was given"}.</span>`;
  }
  if (state === "cancelled")
    return html`<span class="why">Cancelled ${when}${because(cancelReason)}</span>`;
  const again = task.attempt > 1 ? `, at attempt ${task.attempt}` : "";
  return html`<span class="why">Completed ${when}${again}.</span>`;
}

function because(reason: string | undefined): string {
  return reason === undefined ? "" : `: ${redactText(reason)}`;
}

/** The tasks that a sentence names can be gone to from there. */
function withLinks(sentence: string, tasks: readonly Dependency[]): Part {
  const ids = new Set(tasks.map(({ id }) => id));
  return sentence
    .split(/([\w-]+)/)
    .map((word) => (ids.has(word) ? html`<a href="${taskAddress(word)}">${word}</a>` : word));
}

function facts({ task, attempts, now }: TaskModel): Html {
  const { retry } = task;
  const wait = waited(task, now, attempts);
  const rule = retry.on === "any" ? "whatever fails" : "when the infrastructure fails";
  return html`<section aria-labelledby="facts-title"><h2 id="facts-title">Facts</h2><dl class="facts wide">
${fact("Type", html`<a href="${tasksAddress({ type: task.type })}">${task.type}</a>`)}
${fact("Queue", html`<a href="${tasksAddress({ queue: task.queue })}">${task.queue}</a>`)}
${fact("Priority", task.priority)}
${fact("Tags", task.tags && task.tags.length > 0 && html`${task.tags.map((tag) => html`<a class="tag" href="${tasksAddress({ tag })}">${tag}</a> `)}`)}
${fact("Worker", task.workerId && html`<a href="/workers/${encodeURIComponent(task.workerId)}"><code>${task.workerId}</code></a>`)}
${fact("Session", task.sessionId && html`<a href="${tasksAddress({ session: task.sessionId })}"><code>${task.sessionId}</code></a>`)}
${fact("Key", task.key && html`<code>${task.key}</code>`)}
${fact("Submitted", time(task.createdAt, { now }))}
${fact("Not before", task.runAt !== undefined && time(task.runAt, { now, as: task.runAt > now ? "until" : "ago" }))}
${fact("Waited", wait && durationWords(wait, task.state === "pending" && (task.runAt ?? 0) <= now ? Math.max(task.createdAt, task.runAt ?? 0) : undefined))}
${fact("Ran", ran(task, now) && durationWords(ran(task, now), task.state === "running" ? task.startedAt : undefined))}
${fact("Peak memory", task.peakMemory !== undefined && size(task.peakMemory))}
${fact("Expected memory", task.expectedMemory !== undefined && size(task.expectedMemory))}
${fact("CPU time", task.cpuMs !== undefined && span(task.cpuMs))}
${fact("Time-out", task.timeoutMs !== undefined && `${span(task.timeoutMs)} per attempt`)}
${fact("Attempts", task.attemptLimit > 1 ? `${task.attempt} of at most ${task.attemptLimit}, again ${rule}` : `${task.attempt} of 1`)}
</dl></section>`;
}

function fact(name: string, value: Part): Part {
  if (value === undefined || value === false || value === "") return false;
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function documents(task: Task): Html {
  return html`${documentView({ id: "input", title: "Input", value: task.payload, download: taskAddress(task.id, "/input.json") })}
${documentView({ id: "output", title: "Output", value: task.result, download: taskAddress(task.id, "/output.json") })}
${documentView({ id: "checkpoint", title: "Checkpoint", value: isFinal(task.state) ? undefined : task.checkpoint, download: taskAddress(task.id, "/checkpoint.json") })}`;
}

function dependencies(model: TaskModel): Part {
  const { agent, hasMoreDependants, now } = model;
  const before = model.dependencies.filter(({ id }) => id !== agent?.continues);
  const dependants = model.dependants.filter(({ id }) => !agent?.continuedBy.includes(id));
  if (before.length === 0 && dependants.length === 0) return false;
  return html`<section aria-labelledby="dependencies-title"><h2 id="dependencies-title">Dependencies</h2>
${before.length > 0 && html`<h3>Waits for</h3><ul class="linked">${before.map((one) => dependency(one, now))}</ul>`}
${dependants.length > 0 && html`<h3>Waited for by</h3><ul class="linked">${dependants.map((task) => dependency({ id: task.id, task }, now))}</ul>${hasMoreDependants && html`<p class="muted">and more</p>`}`}</section>`;
}

function dependency({ id, task }: Dependency, now: number): Html {
  if (task === undefined)
    return html`<li><span class="muted">deleted</span> <code>${id}</code></li>`;
  return html`<li>${stateBadge(task, now)} <a href="${taskAddress(id)}">${shownTitle(task).slice(0, 80)}</a></li>`;
}
