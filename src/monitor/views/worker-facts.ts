import { age } from "../../cli/present/time.ts";
import { containerOf, shortId } from "../../domain/container-facts.ts";
import { size } from "../../domain/size-words.ts";
import { fewOf } from "../../domain/taken-ahead.ts";
import { span } from "../../domain/time-words.ts";
import type { Worker } from "../../domain/worker.ts";
import { isLive } from "../../domain/worker-state.ts";
import { percentWords } from "../../domain/worker-words.ts";
import type { SeenWorker } from "../../overview/overview.ts";
import { workerMark } from "../marks.ts";
import type { Line } from "../terminal/line.ts";
import { fact } from "./task-facts.ts";

const outputLines = 5;

/** What is known of a worker. */
export function workerFacts(seen: SeenWorker, now: number): Line[] {
  const { worker } = seen;
  return [
    stateLine(seen, now),
    ...some("ended", endedWords(worker, now)),
    ...some("runs", fewOf(worker.taskIds)),
    fact("jobs", jobWords(worker)),
    ...some("memory", memoryWords(worker)),
    fact("process", processWords(worker, now)),
    ...some("log file", worker.logPath),
    ...lastOutput(worker),
  ];
}

/** What a worker said before it failed is the evidence. */
function lastOutput({ ending }: Worker): Line[] {
  const lines = ending?.logTail?.trim().split("\n").slice(-outputLines) ?? [];
  return lines.map((line, at) => fact(at === 0 ? "said last" : "", line));
}

function stateLine(seen: SeenWorker, now: number): Line {
  const { type, queue, mode, activatedAt, endedAt, sessionId, persistent } = seen.worker;
  const words = [
    activatedAt === undefined ? "" : `up ${age(activatedAt, endedAt ?? now)}`,
    type,
    mode,
    `queue ${queue}`,
    persistent ? "persistent" : "",
    sessionId === undefined ? "" : `session ${sessionId}`,
  ];
  return [{ text: " " }, workerMark(seen), { text: ` ${words.filter(Boolean).join(" · ")}` }];
}

function some(name: string, text: string | undefined): Line[] {
  return text ? [fact(name, text)] : [];
}

function endedWords({ ending, endedAt }: Worker, now: number): string | undefined {
  if (ending === undefined || endedAt === undefined) return undefined;
  const { reason, signal, exitCode } = ending;
  const how = signal ? ` (${signal})` : exitCode === undefined ? "" : ` (exit code ${exitCode})`;
  return `${age(endedAt, now)} ago: ${reason}${how}`;
}

function jobWords({ tasksCompleted, tasksFailed, busyMs, concurrency }: Worker): string {
  const all = tasksCompleted + tasksFailed;
  const each = all === 0 ? "" : ` · ${span(busyMs / all)} each`;
  return `${tasksCompleted} completed, ${tasksFailed} failed${each} · ${concurrency} at once`;
}

function memoryWords({ usage, peakMemory, expectedMemory, memoryLimit, state }: Worker): string {
  const processor = percentWords(usage?.cpuPercent);
  return [
    usage && isLive(state) ? `${size(usage.memory)} now` : "",
    processor === "" || !isLive(state) ? "" : `processor ${processor}`,
    peakMemory === undefined ? "" : `${size(peakMemory)} at its peak`,
    `${size(expectedMemory)} expected`,
    memoryLimit === undefined ? "" : `limit ${size(memoryLimit)}`,
  ]
    .filter(Boolean)
    .join(" · ");
}

function processWords(worker: Worker, now: number): string {
  const { process, parent, usage, heartbeatAt, configSource } = worker;
  const container = containerOf(worker);
  return [
    process === undefined ? "none yet" : `pid ${process.pid}`,
    container === undefined ? "" : `container ${shortId(container)}`,
    parent === undefined ? "" : `kept by ${parent.pid}`,
    usage === undefined ? "" : `${usage.processes} in its tree`,
    heartbeatAt === undefined ? "" : `heartbeat ${age(heartbeatAt, now)} ago`,
    configSource === undefined ? "" : `configured by ${configSource}`,
  ]
    .filter(Boolean)
    .join(" · ");
}
