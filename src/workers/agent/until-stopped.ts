/**
 * Resolves with what `work` gives, or with nothing as soon as `signal` is aborted.
 * Unlike a race with a promise of the signal's, it leaves nothing behind at the signal.
 */
export function untilStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      resolve(undefined);
      return;
    }
    const stop = () => resolve(undefined);
    signal.addEventListener("abort", stop, { once: true });
    const over = () => signal.removeEventListener("abort", stop);
    work.then(resolve, reject).finally(over);
  });
}
