import { wasOnlyTaken } from "../../domain/taken-ahead.ts";
import type { Attempt } from "../../domain/task.ts";
import { span } from "../../domain/time-words.ts";
import { type Html, html, type Part } from "../html.ts";
import type { TaskModel } from "./task-model.ts";

const width = 1_000;
/** The shortest attempt is still to be seen. */
const narrowest = 6;

/** The life of a task as one bar: when it waited, and how each of its attempts ended. */
export function attemptStrip({
  task,
  attempts: all,
  now,
}: Pick<TaskModel, "task" | "attempts" | "now">): Part {
  const attempts = all.filter((attempt) => !wasOnlyTaken(attempt));
  const from = Math.min(task.createdAt, ...attempts.map(({ startedAt }) => startedAt));
  const to = Math.max(task.endedAt ?? now, ...attempts.map(({ endedAt }) => endedAt ?? 0));
  if (attempts.length === 0 || to <= from) return false;
  const scale = width / (to - from);
  const ranMs = attempts.reduce((sum, attempt) => sum + lengthOf(attempt, now), 0);
  const waitedMs = Math.max(0, to - from - ranMs);
  const sentence = `Waited ${span(waitedMs)}, ran ${span(ranMs)} in ${attempts.length} ${attempts.length === 1 ? "attempt" : "attempts"}`;
  return html`<figure class="attempt-strip"><svg viewBox="0 0 ${width} 12" preserveAspectRatio="none" role="img" aria-label="${sentence}"><rect class="waits" x="0" y="4" width="${width}" height="4"/>${attempts.map((attempt) => segment(attempt, { from, scale, now }))}</svg><figcaption>${sentence}</figcaption></figure>`;
}

interface Axis {
  readonly from: number;
  readonly scale: number;
  readonly now: number;
}

function segment(attempt: Attempt, { from, scale, now }: Axis): Html {
  const long = Math.max(narrowest, lengthOf(attempt, now) * scale);
  const x = Math.min(width - long, (attempt.startedAt - from) * scale);
  const tone = attempt.outcome === "released" ? "pending" : (attempt.outcome ?? "running");
  return html`<rect class="${tone}" x="${round(x)}" y="0" width="${round(long)}" height="12"><title>Attempt ${attempt.number}: ${attempt.outcome ?? "running"}</title></rect>`;
}

function lengthOf({ startedAt, endedAt }: Attempt, now: number): number {
  return Math.max(0, (endedAt ?? now) - startedAt);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
