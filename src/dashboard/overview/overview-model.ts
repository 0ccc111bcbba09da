import type { Task } from "../../domain/task.ts";
import type { Overview } from "../../overview/overview.ts";
import type { MatchingCounts, Throughput } from "../../store/task-store.ts";

export interface OverviewModel {
  readonly now: number;
  readonly overview: Overview;
  readonly counts: MatchingCounts;
  readonly throughput: Throughput;
  /** Those that failed last, the latest first. */
  readonly failed: readonly Task[];
}
