import type { EventType, LoggedEvent } from "../../domain/event.ts";
import { size } from "../../domain/size-words.ts";
import { wasOnlyTaken } from "../../domain/taken-ahead.ts";
import type { Attempt } from "../../domain/task.ts";
import { span } from "../../domain/time-words.ts";
import { badge } from "../badge.ts";
import { type Html, html, type Part } from "../html.ts";
import { durationWords } from "../tasks/task-row.ts";
import { time } from "../time.ts";
import { attemptStrip } from "./attempt-strip.ts";
import { skewWords, took } from "./durations.ts";
import { redactText } from "./redact.ts";
import type { TaskModel } from "./task-model.ts";

interface Entry {
  readonly at: number;
  readonly id: string;
  readonly part: Html;
}

type Story = Pick<TaskModel, "task" | "attempts" | "events" | "now">;

/** What happened to a task, from its submission on: attempts, and what came between them. */
export function timeline(story: Story): Html {
  const entries = [...attemptEntries(story), ...eventEntries(story)].toSorted(
    (a, b) => a.at - b.at,
  );
  return html`<section class="history" aria-labelledby="timeline-title"><h2 id="timeline-title">Timeline</h2>
${clockNote(story)}${attemptStrip(story)}
<ol class="timeline">${entries.map(({ id, part }) => html`<li id="${id}">${part}</li>`)}</ol></section>`;
}

function attemptEntries({ attempts, now }: Story): Entry[] {
  return attempts.map((attempt) => ({
    at: attempt.startedAt,
    id: `attempt-${attempt.number}`,
    part: attemptView(attempt, now),
  }));
}

function attemptView(attempt: Attempt, now: number): Html {
  const { number, outcome, workerId, startedAt, endedAt, failure, peakMemory, cpuMs } = attempt;
  const mark = outcome === undefined ? "running" : outcome === "released" ? "pending" : outcome;
  const state = outcome === "released" ? badge(mark, "given back") : badge(mark);
  const isTaken = wasOnlyTaken(attempt);
  const length =
    !isTaken && durationWords(took(attempt, now), endedAt === undefined ? startedAt : undefined);
  return html`<div class="attempt"><p class="what"><strong>Attempt ${number}</strong> ${state} <span class="when">${time(startedAt, { now })}</span></p>
<dl class="facts">${fact("Worker", workerId === undefined ? undefined : html`<a href="/workers/${encodeURIComponent(workerId)}"><code>${workerId}</code></a>`)}${fact(endedAt === undefined ? "Runs for" : "Took", length)}${fact("Exit code", failure?.exitCode)}${fact("Signal", failure?.signal)}${fact("Peak memory", peakMemory === undefined ? undefined : size(peakMemory))}${fact("CPU time", cpuMs === undefined ? undefined : span(cpuMs))}</dl>
${isTaken && html`<p class="cause">Taken by a worker, and given back before it began.</p>`}
${failure !== undefined && html`<p class="cause">${redactText(failure.message)}</p>`}</div>`;
}

function fact(name: string, value: Part): Part {
  return (
    value !== undefined && value !== false && html`<div><dt>${name}</dt><dd>${value}</dd></div>`
  );
}

/** Attempts tell of their own beginnings and ends. */
const toldByAttempts: readonly EventType[] = [
  "task_started",
  "task_completed",
  "task_failed",
  "task_requeued",
  "task_released",
];

const words: Partial<Record<EventType, string>> = {
  task_submitted: "Submitted",
  task_unblocked: "Nothing it waits for is open any more",
  task_skipped: "Skipped",
  task_cancel_requested: "Its worker was asked to stop it",
  task_cancelled: "Cancelled",
  task_retried: "Put back to run again",
  worker_hung: "Its worker does not respond",
  worker_responding: "Its worker responds again",
  worker_draining: "Its worker is to leave after this task",
  worker_signalled: "Its worker was sent a signal",
  worker_aborted: "Its worker was aborted",
  worker_gone: "Its worker is gone",
  worker_failed: "Its worker failed",
};

function eventEntries({ events, now }: Story): Entry[] {
  return events
    .filter(({ type }) => !toldByAttempts.includes(type))
    .map((event) => ({
      at: event.at,
      id: `happened-${event.cursor}`,
      part: html`<p class="what">${eventTitle(event)} <span class="when">${time(event.at, { now })}</span></p>${eventRemark(event)}`,
    }));
}

function eventTitle({ type, data }: LoggedEvent): string {
  if (type === "audit") return `${data?.actor ?? "somebody"}: ${data?.action ?? "acted"}`;
  const signal = typeof data?.signal === "string" ? `: ${data.signal}` : "";
  return `${words[type] ?? type.replaceAll("_", " ")}${signal}`;
}

function eventRemark({ type, data, message }: LoggedEvent): Part {
  const outcome =
    data?.outcome === "done" || data?.outcome === undefined ? "" : `${data.outcome}: `;
  const text = type === "audit" ? `${outcome}${data?.reason ?? ""}` : (message ?? "");
  return text !== "" && html`<p class="cause">${redactText(text)}</p>`;
}

/** Clocks that disagree are named, where otherwise a length would be less than nothing. */
function clockNote({ task, attempts }: Story): Part {
  const off = [
    ...attempts.map(({ startedAt, endedAt = startedAt }) => startedAt - endedAt),
    ...attempts.map(({ startedAt }) => task.createdAt - startedAt),
  ];
  const most = Math.max(0, ...off);
  return most > 50 && html`<p class="note">⚠ ${skewWords(most)}</p>`;
}
