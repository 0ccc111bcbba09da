/**
 * The least of some tries, which end with the first that is below `wanted`. The machine may have
 * much else to do: what something needs shows when nothing is in its way, and that may take a while.
 */
export async function bestOf(
  wanted: number,
  measure: () => number | Promise<number>,
  { tries = 12 }: { readonly tries?: number } = {},
): Promise<number> {
  let best = Infinity;
  for (let count = 0; count < tries && best >= wanted; count++)
    best = Math.min(best, await measure());
  return best;
}
