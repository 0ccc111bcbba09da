import type { LaunchDocument } from "../domain/launch.ts";

const unheardMs = 500;

/**
 * For how long a worker that leaves tries to tell the store. One whose parent is gone, and who
 * reached the store through it, has nobody to tell: its remains are put right by the next sweep.
 */
export function farewellMs(
  { link, timing }: Pick<LaunchDocument, "link" | "timing">,
  parentIsGone: boolean,
): number {
  const isUnheard = parentIsGone && link.kind === "api";
  return isUnheard ? Math.min(unheardMs, timing.abortGraceMs) : timing.abortGraceMs;
}
