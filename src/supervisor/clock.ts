export interface Clock {
  /** Milliseconds since 1970, for rows and events. */
  now(): number;
  /** Milliseconds that only ever grow, for judging how long something took. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
