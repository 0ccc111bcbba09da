import type { Task } from "../../domain/task.ts";
import { badge, taskMark } from "../badge.ts";
import { type Html, html, nothing } from "../html.ts";
import { progressBar } from "../progress.ts";
import { shownTitle, taskAddress } from "../tasks/task-title.ts";
import { time } from "../time.ts";
import type { OverviewModel } from "./overview-model.ts";

const mostShown = 5;

export function longestRunning({ overview, now }: OverviewModel): Html {
  const running = overview.running
    .toSorted((a, b) => (a.startedAt ?? now) - (b.startedAt ?? now))
    .slice(0, mostShown);
  if (running.length === 0) return html`<p class="muted calm">Nothing runs.</p>`;
  return html`<ul class="notable">${running.map(
    (task) =>
      html`<li id="long-${task.id}">${titleLine(task, now)}<p class="small-facts">${task.startedAt !== undefined && html`<span>${time(task.startedAt, { now, as: "for" })}</span>`}<span>${task.type}</span>${task.workerId !== undefined && html`<a href="/workers/${task.workerId}">${task.workerId}</a>`}${task.attempt > 1 && html`<span>attempt ${task.attempt}</span>`}</p>${progressBar(task)}</li>`,
  )}</ul>`;
}

export function lastFailures({ failed, now }: OverviewModel): Html {
  if (failed.length === 0) return html`<p class="muted calm">No task has failed.</p>`;
  return html`<ul class="notable">${failed
    .slice(0, mostShown)
    .map(
      (task) =>
        html`<li id="failure-${task.id}">${titleLine(task, now)}<p class="cause">${task.failure?.message ?? "No cause was recorded."}</p><p class="small-facts"><span>${time(task.endedAt ?? now, { now })}</span><span>${task.type}</span>${task.failure !== undefined && html`<span>${task.failure.kind.replaceAll("_", " ")}</span>`}<span>${task.attempt} ${task.attempt === 1 ? "attempt" : "attempts"}</span></p></li>`,
    )}</ul>`;
}

function titleLine(task: Task, now: number): Html {
  const words = shownTitle(task);
  return html`<p class="title">${task.state === "running" ? nothing : badge(taskMark(task, now))}<a href="${taskAddress(task.id)}" title="${words}">${words}</a></p>`;
}
