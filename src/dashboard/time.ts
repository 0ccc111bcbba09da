import { span } from "../domain/time-words.ts";
import { type Html, html } from "./html.ts";

/**
 * A point in time, told relatively; scripts let it tick, and tell the exact time in the zone of
 * the browser on hover, on focus, and when it is copied.
 *
 *   ago     "4m 10s ago"     for   "4m 10s", since then
 *   until   "in 40s"         clock "14:02:09"
 */
export type TimeStyle = "ago" | "for" | "until" | "clock";

export interface TimeOptions {
  readonly now: number;
  readonly as?: TimeStyle;
  /** In rows: one Tab stop for all of a table or list, and arrow keys from there (`times.js`). */
  readonly inRow?: boolean;
}

export function time(at: number, { now, as = "ago", inRow = false }: TimeOptions): Html {
  return timeSaying(timeWords(at, now, as), at, { as, inRow });
}

/** With words of its own until scripts let it tick. */
export function timeSaying(
  words: string,
  at: number,
  { as, inRow }: Required<Pick<TimeOptions, "as" | "inRow">>,
): Html {
  return html`<time datetime="${new Date(at).toISOString()}" data-tick="${as}" title="${exactUtc(at)}" tabindex="${inRow ? "-1" : "0"}"${inRow && html` data-in-row`}>${words}</time>`;
}

/** A length of time that has ended, and ticks no more. */
export function length(ms: number): string {
  return span(Math.max(0, ms));
}

export function timeWords(at: number, now: number, as: TimeStyle): string {
  if (as === "clock") return exactUtc(at);
  const off = as === "until" ? at - now : now - at;
  const told = coarse(Math.max(0, off));
  if (as === "for") return told;
  if (as === "until") return off <= 0 ? "now" : `in ${told}`;
  return off < 1_000 ? "just now" : `${told} ago`;
}

/** Whole seconds at least: what ticks must not flicker. */
export function coarse(ms: number): string {
  return span(Math.floor(ms / 1_000) * 1_000).replace(/^0ms$/, "0s");
}

export function exactUtc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
