import { age } from "../../cli/present/time.ts";
import { size } from "../../domain/size-words.ts";
import { wasOnlyTaken } from "../../domain/taken-ahead.ts";
import type { Attempt, Task } from "../../domain/task.ts";
import { progressWords, ranFor, title } from "../../domain/task-words.ts";
import { localTime, span } from "../../domain/time-words.ts";
import { bar, taskMark } from "../marks.ts";
import type { MonitorState, OpenedTask } from "../state.ts";
import { type Line, plain } from "../terminal/line.ts";

const barWidth = 24;

/** What is known of a task, above its log. */
export function taskFacts({ now }: MonitorState, { story, isLogOnly }: OpenedTask): Line[] {
  if (story === undefined || isLogOnly) return [];
  const { task, attempts, waitsBecause } = story;
  return [
    stateLine(task, now),
    fact("does", title(task)),
    ...some("why", waitsBecause),
    ...some("progress", progressOf(task)),
    ...some("cause", causeOf(task)),
    ...some("result", task.result === undefined ? undefined : JSON.stringify(task.result)),
    fact("when", whenWords(task, now)),
    ...some("worker", task.workerId),
    ...some("needs", needsOf(task)),
    ...attempts.filter(({ outcome }) => outcome !== undefined).map((one) => attemptLine(one, now)),
  ];
}

function stateLine(task: Task, now: number): Line {
  const { type, queue, priority, attempt, attemptLimit } = task;
  const words = [
    ranFor(task, now),
    attempt === 0 ? "" : `attempt ${attempt}/${attemptLimit}`,
    type,
    `queue ${queue}`,
    priority === 0 ? "" : `priority ${priority}`,
  ];
  return [{ text: " " }, taskMark(task, now), { text: ` ${words.filter(Boolean).join(" · ")}` }];
}

export function fact(name: string, text: string): Line {
  return [{ text: ` ${name.padEnd(9)} `, colour: "grey" }, { text: oneLine(text) }];
}

function some(name: string, text: string | undefined): Line[] {
  return text ? [fact(name, text)] : [];
}

/** A bar, as far as one is known, and the words for it. */
export function progressOf(task: Task, width = barWidth): string {
  const { progress, state } = task;
  if (progress === undefined || state !== "running") return "";
  const { fraction } = progress;
  const drawn = fraction === undefined ? "" : `${bar(fraction, width)} `;
  return `${drawn}${progressWords(task)}`;
}

export function causeOf({ state, failure, cancelReason }: Task): string {
  if (state === "cancelled") return cancelReason ?? "";
  if (failure === undefined) return "";
  const before = state === "failed" ? "" : "the attempt before: ";
  return `${before}${failure.kind}: ${failure.message}`;
}

function whenWords({ createdAt, startedAt, endedAt }: Task, now: number): string {
  return [
    `submitted ${localTime(createdAt)} (${age(createdAt, now)} ago)`,
    startedAt === undefined ? "" : `started ${age(startedAt, now)} ago`,
    endedAt === undefined ? "" : `ended ${age(endedAt, now)} ago`,
  ]
    .filter(Boolean)
    .join(" · ");
}

function needsOf({ expectedMemory, peakMemory, timeoutMs }: Task): string {
  return [
    expectedMemory === undefined ? "" : `${size(expectedMemory)} expected`,
    peakMemory === undefined ? "" : `${size(peakMemory)} at its peak`,
    timeoutMs === undefined ? "" : `at most ${span(timeoutMs)} for an attempt`,
  ]
    .filter(Boolean)
    .join(" · ");
}

function attemptLine(attempt: Attempt, now: number): Line {
  const { number, outcome = "running", startedAt, endedAt, failure } = attempt;
  const when = wasOnlyTaken(attempt)
    ? "before it began"
    : `after ${span((endedAt ?? now) - startedAt)}`;
  const cause = failure ? `: ${failure.message}` : "";
  return fact(`attempt ${number}`.slice(0, 9), `${outcome} ${when}${cause}`);
}

export function nothingYet(what: string): Line {
  return plain(` ${what}`, { colour: "grey" });
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
