/** The longest time that a timer of Node's can be set to; above it, it fires at once. */
const longestMs = 2 ** 31 - 1;

export interface LongTimer {
  clear(): void;
}

/** Calls back after any time, months included. */
export function startTimer(ms: number, onDue: () => void): LongTimer {
  let leftMs = Math.max(0, ms);
  let timer: NodeJS.Timeout;
  const arm = () => {
    const stepMs = Math.min(leftMs, longestMs);
    leftMs -= stepMs;
    timer = setTimeout(() => (leftMs > 0 ? arm() : onDue()), stepMs);
  };
  arm();
  return { clear: () => clearTimeout(timer) };
}
