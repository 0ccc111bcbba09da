import { readFileSync } from "node:fs";

/**
 * Loaded before everything else (`node --import`), it puts the wall clock of a process and its
 * threads off by as many milliseconds as a file says, from one call to the next. The monotonic
 * clock is left alone, as a step of the real clock leaves it.
 */
const path = process.env.CLX_CHAOS_CLOCK;
if (path !== undefined) {
  const realNow = Date.now.bind(Date);
  const RealDate = Date;
  const now = () => realNow() + readOffset(path);
  globalThis.Date = class extends RealDate {
    constructor(...args: [] | [value: number | string | Date]) {
      super(args.length === 0 ? now() : args[0]);
    }
    static override now = now;
  } as DateConstructor;
}

function readOffset(path: string): number {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return 0;
  }
}
