import { localTime } from "../../domain/time-words.ts";

/** `3s`, `12m`, `5h`, `8d`: how long ago, in at most four characters. */
export function age(from: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - from) / 1_000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

export function localClock(at: number): string {
  return localTime(at).slice(11);
}
