const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

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
    },
  };
}

/** An AbortSignal that the first request to stop aborts. */
export function stopAsAbort(): StopListener & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const { close } = onStopSignal((_, signal) => controller.abort(signal));
  return { close, signal: controller.signal };
}
