import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits for what sends no event: looks again and again, and fails after `withinMs`, which is
 * long because it is met only when something is wrong. Resolves with the first truthy answer.
 */
export async function until<T>(
  look: () => T | Promise<T>,
  { withinMs = 20_000, what = look.toString() }: { withinMs?: number; what?: string } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await look();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(10);
  }
}
