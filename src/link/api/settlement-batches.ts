import type { Settlement } from "../../store/task-store.ts";
import { batchCap, requestCap } from "./protocol.ts";

export interface SettlementBatch {
  readonly settlements: readonly Settlement[];
  readonly isLast: boolean;
}

/** A result may be large, and a log too; many of them at once are more than one request takes. */
const bytesPerBatch = requestCap / 2;

/** In their order; a single batch, unless that were too much for one request. */
export function inBatches(settlements: readonly Settlement[]): readonly SettlementBatch[] {
  const batches: Settlement[][] = [[]];
  let bytes = 0;
  for (const settlement of settlements) {
    const size = Buffer.byteLength(JSON.stringify(settlement));
    const isFull = bytes + size > bytesPerBatch || batches.at(-1)?.length === batchCap;
    if (isFull && bytes > 0) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(settlement);
    bytes += size;
  }
  return batches.map((batch, at) => ({ settlements: batch, isLast: at === batches.length - 1 }));
}
