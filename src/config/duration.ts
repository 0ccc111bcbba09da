import { ClxError } from "../domain/errors.ts";

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads `90` (seconds), `90s`, `10m`, `48h`, `7d`, `1h30m` or `500ms`.
 *
 * @param what names the value in the error: an option, a variable, a key
 */
export function parseDuration(text: string, what: string): number {
  const seconds = /^\d+(\.\d+)?$/.exec(text);
  if (seconds) return Math.round(Number(text) * 1_000);
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) throw notADuration(text, what);
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * unitMs[unit as keyof typeof unitMs];
  }
  return Math.round(total);
}

function notADuration(text: string, what: string): ClxError {
  return new ClxError(
    "invalid_value",
    `${what} is "${text}", which is no duration; write seconds (90) or 90s, 10m, 48h, 7d`,
  );
}
