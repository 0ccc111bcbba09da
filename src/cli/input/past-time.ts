import { parseDuration } from "../../config/duration.ts";
import { parsePointInTime } from "./point-in-time.ts";

/** Reads `2h` (before now) or `2026-03-01T08:00`. */
export function parsePastTime(text: string, what: string, now: number): number {
  const isDate = /^\d{4}-\d\d/.test(text);
  return isDate ? parsePointInTime(text, what, now) : now - parseDuration(text, what);
}
