/** Milliseconds of a clock that nobody sets, and that all threads of a process share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
