import type { WorkerTiming } from "../../src/domain/launch.ts";
import { Keeper } from "./keeper.ts";
import type { Stage } from "./stage.ts";

/** What `programs/supervise.ts` is told. */
export interface SuperviseOrder {
  readonly dbPath: string;
  readonly folder: string;
  readonly pools: readonly PoolOrder[];
  readonly timing: WorkerTiming;
  readonly stalledAfterMs: number;
}

export interface PoolOrder {
  readonly type: "chaos" | "command";
  readonly count: number;
  readonly concurrency?: number;
  readonly persistent?: boolean;
}

/** Short, so that a scenario takes seconds. */
export const quickTiming: WorkerTiming = {
  heartbeatMs: 150,
  leaseMs: 800,
  pollMs: 300,
  abortGraceMs: 500,
  stopGraceMs: 1_500,
  sampleMs: 200,
};

export interface SupervisionWishes {
  readonly stalledAfterMs?: number;
  readonly timing?: Partial<WorkerTiming>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Keeps a supervisor with these pools running: killed, it is started again. */
export function supervise(
  stage: Stage,
  pools: readonly PoolOrder[],
  wishes: SupervisionWishes = {},
): Keeper {
  const { dbPath, folder } = stage;
  const { stalledAfterMs = 1_500, env = {} } = wishes;
  const timing = { ...quickTiming, ...wishes.timing };
  const order: SuperviseOrder = { dbPath, folder, pools, timing, stalledAfterMs };
  return new Keeper(stage, "supervise", order, env);
}
