import { age } from "../../cli/present/time.ts";
import { size } from "../../domain/size-words.ts";
import type { TypeOverview } from "../../overview/overview.ts";
import type { Row } from "../rows.ts";
import type { MonitorState } from "../state.ts";
import type { Line } from "../terminal/line.ts";
import { fact, taskFacts } from "./task-facts.ts";
import { workerFacts } from "./worker-facts.ts";

/** What the list says about its chosen row, the most important first. */
export function rowDetail({ task, worker, type, because }: Row, state: MonitorState): Line[] {
  if (worker) return workerFacts(worker, state.now);
  if (type) return typeFacts(type, state);
  if (task === undefined) return [];
  const story = {
    task,
    attempts: [],
    log: [],
    ...(because !== undefined && { waitsBecause: because }),
  };
  return taskFacts(state, { kind: "task", id: task.id, isLogOnly: false, story });
}

function typeFacts(overview: TypeOverview, { seen, now }: MonitorState): Line[] {
  const { type, queues, room } = overview;
  const pools = seen?.overview.pools.filter((pool) => pool.type === type) ?? [];
  const causes = seen?.overview.failures.filter((cause) => cause.type === type) ?? [];
  return [
    ...pools.map(({ name, wanted, live, trouble }) =>
      fact("pool", `${name}: ${live} of ${wanted} workers${trouble ? ` · ${trouble}` : ""}`),
    ),
    ...queues.map(({ queue, pending, running, blocked, oldestPendingAt }) => {
      const oldest = oldestPendingAt === undefined ? "" : `, oldest ${age(oldestPendingAt, now)}`;
      const words = `${running} running, ${pending} pending${oldest}, ${blocked} blocked`;
      return fact("queue", `${queue}: ${words}`);
    }),
    ...(room ? [fact("room", roomWords(room.slots, room.refusal))] : []),
    ...(causes.length === 0
      ? []
      : [fact("failures", causes.map(({ kind, count }) => `${count} × ${kind}`).join(", "))]),
    ...(seen ? [fact("memory", `${size(Math.max(0, seen.overview.memory.free))} to give`)] : []),
  ];
}

function roomWords(slots: number, refusal: string | undefined): string {
  return slots > 0 ? `for ${slots} more workers` : (refusal ?? "for no more workers");
}
