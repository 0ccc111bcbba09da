import { span } from "../domain/time-words.ts";
import type { RestartPolicy } from "./pool.ts";

/** The end of a worker that nobody asked for. */
export interface WorkerDeath {
  /** On the supervisor's monotonic clock. */
  readonly at: number;
  readonly livedMs: number;
  /** How long it was ready for work; 0 if it never was. */
  readonly readyMs: number;
  /** It settled at least one task. */
  readonly wasUseful: boolean;
  /** It held a task when it died: the task's own attempts bound how often that can happen. */
  readonly heldTask: boolean;
  /** One sentence: how it ended. */
  readonly what: string;
  readonly logTail?: string;
  /** What is wrong with it would be wrong with the next one too. */
  readonly isHopeless?: boolean;
}

export interface RestartFacts {
  readonly policy: RestartPolicy;
  /** Of one place of a pool, oldest first; the last one is what calls for a decision. */
  readonly deaths: readonly WorkerDeath[];
  readonly now: number;
}

export type RestartDecision =
  | { readonly kind: "restart"; readonly delayMs: number; readonly restarts: number }
  | { readonly kind: "give_up"; readonly reason: string };

/**
 * Judges what follows the death of a worker. Pure: the supervisor acts.
 *
 * The delay doubles with each death in a row. A worker that was ready for long enough, or did a
 * task, was healthy: what came before it is forgotten. Only deaths with empty hands lead to giving
 * up; else a few tasks that kill their workers would close the pool for all others. Starts that
 * failed count however long each of them took. A handler that cannot be loaded by one worker cannot
 * be loaded by the next: that is not tried again.
 */
export function decideRestart({ policy, deaths, now }: RestartFacts): RestartDecision {
  const last = deaths.at(-1);
  if (last?.isHopeless) return { kind: "give_up", reason: last.what };
  const row = deathsInARow(deaths, policy);
  const windowStart = now - policy.windowMs;
  const telling = row.filter(
    ({ at, readyMs, heldTask }) => !heldTask && (readyMs === 0 || at > windowStart),
  );
  if (telling.length > policy.maxRestarts) {
    return { kind: "give_up", reason: explain(telling, policy) };
  }
  const doublings = Math.min(Math.max(row.length - 1, 0), 30);
  const delayMs = Math.min(policy.maxDelayMs, policy.delayMs * 2 ** doublings);
  return { kind: "restart", delayMs, restarts: row.length };
}

/** The deaths since the last healthy worker, its own included. */
export function deathsInARow(
  deaths: readonly WorkerDeath[],
  policy: RestartPolicy,
): readonly WorkerDeath[] {
  const lastHealthy = deaths.findLastIndex(
    (death) => death.wasUseful || death.readyMs >= policy.healthyAfterMs,
  );
  return deaths.slice(Math.max(lastHealthy, 0));
}

function explain(deaths: readonly WorkerDeath[], policy: RestartPolicy): string {
  const [first] = deaths;
  const last = deaths.at(-1);
  if (first === undefined || last === undefined) return "its workers end";
  const count = `${deaths.length} workers in a row ended within ${span(last.at - first.at + first.livedMs)}`;
  const { maxRestarts } = policy;
  const allowed = maxRestarts === 1 ? "1 restart is" : `${maxRestarts} restarts are`;
  const tail = last.logTail ? `; its log ends with: ${last.logTail}` : "";
  return `${count} (${allowed} allowed); the last one lived ${span(last.livedMs)}: ${last.what}${tail}`;
}
