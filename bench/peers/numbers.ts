import { median } from "../measure/statistics.ts";

/** Median and range. */
export function summary(values: readonly number[]): string {
  const middle = shown(median(values));
  if (values.length < 2) return middle;
  return `${middle} (${shown(Math.min(...values))}–${shown(Math.max(...values))})`;
}

export function shown(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: size < 0.01 ? 4 : digits,
  });
}
