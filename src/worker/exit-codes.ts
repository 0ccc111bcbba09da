/**
 * How a worker's process ends, and what `runWorker` resolves to.
 *
 * 0 is a worker that left as it was asked to: drained, stopped, or because its parent is gone.
 * Every other code is a worker that could not go on; its row and its log say more. They start at
 * 20, above what Node itself exits with. A worker that had to end a task that would not stop
 * kills itself: its process shows SIGKILL, and its row says which task it was.
 */
export const exitCodes = {
  left: 0,
  /** No launch document on the lifeline, or not one of ours. */
  badLaunch: 20,
  /** The store refused the launch token: used up, wrong, or its row has ended. */
  refused: 21,
  /** The handler's module cannot be loaded, or defines something else. */
  unknownHandler: 22,
  /** The handler's `open` threw. */
  openFailed: 23,
  /** The store refuses to work, or was out of reach longer than patience or a leave allows. */
  storeLost: 24,
  /** The pulse thread died, and nothing watched the attempts any more. */
  pulseDied: 25,
  /** The handler's code threw where nobody could catch it. */
  crashed: 26,
  /** Somebody else has ended the worker's row: whatever it held is no longer its own. */
  gone: 27,
  /** In a thread only: a task would not stop, and was settled over the head of its handler. */
  gaveUp: 28,
  /** It holds more memory than its limit although no task runs. */
  overMemory: 29,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
