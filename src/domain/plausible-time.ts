/**
 * Milliseconds. A number below the first, in September 2001, was seconds for whoever gave it; one
 * beyond the last, the end of the year 9999, was microseconds.
 */
export const plausibleTimes = { first: 1_000_000_000_000, last: 253_402_300_799_999 } as const;

/** Whether a number is a recent or future time in seconds, and as milliseconds one of 1970. */
export function looksLikeSeconds(time: number): boolean {
  const { first, last } = plausibleTimes;
  return time < first && time * 1_000 >= first && time * 1_000 <= last;
}
