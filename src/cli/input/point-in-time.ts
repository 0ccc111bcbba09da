import { parseDuration } from "../../config/duration.ts";
import { looksLikeSeconds } from "../../domain/plausible-time.ts";
import { UsageError } from "../usage-error.ts";

/** Reads `+10m` (from now) or `2026-03-01T08:00:00Z`; without a zone the local one is meant. */
export function parsePointInTime(text: string, what: string, now: number): number {
  if (text.startsWith("+")) return now + parseDuration(text.slice(1), what);
  const at = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new UsageError(`${what} is "${text}", which is no time; write ${examplesFor(text)}`);
  }
  return at;
}

/** Seconds and milliseconds since 1970 are not taken: what they mean cannot be seen. */
function examplesFor(text: string): string {
  const number = /^\d{9,15}$/.test(text) ? Number(text) : Number.NaN;
  const time = new Date(looksLikeSeconds(number) ? number * 1_000 : number);
  if (!Number.isNaN(time.getTime())) return `${time.toISOString()} or +10m`;
  return "2026-03-01T08:00, 2026-03-01T08:00:00Z or +10m";
}
