import { span } from "../../domain/time-words.ts";
import { cleaned } from "../terminal.ts";
import type { RunProgress, TypeProgress } from "./run-progress.ts";

const barWidth = 20;

/** `[####----] 3/10, 1 failed · command: 2 busy, 5 queued, 1.2s each · 12s, 15/min, about 29s left` */
export function progressLine(progress: RunProgress, { bar }: { readonly bar: boolean }): string {
  const { total, ended, failed, types, running } = progress;
  const isAlone = total === 1;
  const done = isAlone ? (running?.progress?.fraction ?? 0) : ended / Math.max(1, total);
  const isKnown = !isAlone || running?.progress?.fraction !== undefined;
  const head = [
    ...(bar && isKnown ? [drawBar(done)] : []),
    ...(isAlone ? [] : [`${ended}/${total}${failed > 0 ? `, ${failed} failed` : ""}`]),
    ...(isAlone && isKnown ? [`${Math.floor(done * 100)} %`] : []),
    ...(running?.progress?.message === undefined ? [] : [cleaned(running.progress.message)]),
  ].join(" ");
  return [head, ...types.map(typeWords), timeWords(progress)].filter(Boolean).join(" · ");
}

/** Of fewer no rate can be told. */
const leastForRate = 3;

/** How long it has taken, and at this rate will take. */
function timeWords({ total, ended, tookMs }: RunProgress): string {
  if (ended < leastForRate || ended >= total || tookMs <= 0) return span(tookMs);
  const rate = (ended * 60_000) / tookMs;
  const spelled = rate < 10 ? rate.toFixed(1) : String(Math.round(rate));
  const left = Math.ceil(((total - ended) * tookMs) / ended / 1_000) * 1_000;
  return `${span(tookMs)}, ${spelled}/min, about ${span(left)} left`;
}

function typeWords({ type, workers, queued, averageMs }: TypeProgress): string {
  const parts = [
    ...(workers.busy > 0 ? [`${workers.busy} busy`] : []),
    ...(workers.idle > 0 ? [`${workers.idle} idle`] : []),
    ...(workers.starting > 0 ? [`${workers.starting} starting`] : []),
    ...(queued > 0 ? [`${queued} queued`] : []),
    ...(averageMs === undefined ? [] : [`${span(averageMs)} each`]),
  ];
  return parts.length === 0 ? "" : `${type}: ${parts.join(", ")}`;
}

function drawBar(fraction: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * barWidth);
  return `[${"#".repeat(full)}${"-".repeat(barWidth - full)}]`;
}
