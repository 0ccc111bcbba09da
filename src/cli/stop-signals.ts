const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const interrupted = 130;

export interface StopListener {
  close(): void;
}

/** Calls back for each request to stop, with how many there have been. */
export function onStopSignal(
  callback: (count: number, signal: NodeJS.Signals) => void,
): StopListener {
  let count = 0;
  const listener = (signal: NodeJS.Signals) => callback(++count, signal);
  for (const signal of stopSignals) process.on(signal, listener);
  return {
    close: () => {
      for (const signal of stopSignals) process.off(signal, listener);
      if (count > 0) endAsBefore(count);
    },
  };
}

/** Who was told to stop is about to end: told again in its last moments, it keeps its exit code. */
function endAsBefore(before: number): void {
  let count = before;
  const listener = () => {
    if (++count > 3) process.exit(interrupted);
  };
  for (const signal of stopSignals) process.on(signal, listener);
}

/** An AbortSignal that the first request to stop aborts. */
export function stopAsAbort(): StopListener & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const { close } = onStopSignal((_, signal) => controller.abort(signal));
  return { close, signal: controller.signal };
}
