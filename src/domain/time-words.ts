/** `450ms`, `2.3s`, `4m 10s`, `3h 5m`, `2d 4h`; without a second part that is 0: `4s`, `10m`. */
export function span(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole}ms`;
  if (whole < 60_000) return `${Math.floor(whole / 100) / 10}s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return two(`${minutes}m`, Math.floor((ms % 60_000) / 1_000), "s");
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return two(`${hours}h`, minutes % 60, "m");
  return two(`${Math.floor(hours / 24)}d`, hours % 24, "h");
}

function two(first: string, rest: number, unit: string): string {
  return rest === 0 ? first : `${first} ${rest}${unit}`;
}

/** `2026-03-01 14:05:09`, in the zone of the person who reads it. */
export function localTime(at: number): string {
  const date = new Date(at);
  const padded = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), padded(date.getMonth() + 1), padded(date.getDate())].join("-");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(padded).join(":");
  return `${day} ${clock}`;
}
