import type { Run, RunRecord } from "./journal.ts";

/** What the store says of a task at the end, and nothing more of it is believed. */
export interface FinalTask {
  readonly id: string;
  readonly state: string;
  readonly attempt: number;
  readonly result?: unknown;
}

export interface Evidence {
  readonly acknowledged: readonly string[];
  readonly records: readonly RunRecord[];
  readonly tasks: ReadonlyMap<string, FinalTask>;
  /** Tasks for which an end without a result is right. */
  readonly mayEndWithout?: ReadonlySet<string>;
  /** Processes that were found after everything was stopped. */
  readonly survivors: readonly { readonly pid: number; readonly command: string }[];
}

export interface Violation {
  readonly rule: "lost" | "twice at once" | "superseded accepted" | "left over";
  readonly taskId?: string;
  readonly what: string;
}

/** Judges a finished scenario by what its tasks wrote themselves. */
export function findViolations(evidence: Evidence): Violation[] {
  const runs = runsByTask(evidence.records);
  const acknowledged = new Set(evidence.acknowledged);
  return [
    ...evidence.records.filter((record) => record.kind === "overlap").map(twiceAtOnce),
    ...[...acknowledged].flatMap((id) => judgeTask(id, evidence, runs.get(id) ?? noRuns)),
    ...evidence.survivors.map(leftOver),
  ];
}

interface TaskRuns {
  readonly started: readonly Run[];
  readonly ended: readonly Run[];
}

const noRuns: TaskRuns = { started: [], ended: [] };

function judgeTask(taskId: string, evidence: Evidence, runs: TaskRuns): Violation[] {
  const task = evidence.tasks.get(taskId);
  if (task === undefined) return [lost(taskId, "was acknowledged, and the store has no such task")];
  if (task.state !== "completed") {
    const fine = evidence.mayEndWithout?.has(taskId) && isEnded(task.state);
    return fine ? [] : [lost(taskId, `is ${task.state} after attempt ${task.attempt}`)];
  }
  return judgeCompleted(task, runs);
}

function judgeCompleted(task: FinalTask, { started, ended }: TaskRuns): Violation[] {
  if (ended.length === 0) return [lost(task.id, "is completed, and no run of it got to its end")];

  const nonce = (task.result as { nonce?: unknown } | undefined)?.nonce;
  const accepted = ended.find((run) => run.nonce === nonce);
  if (accepted === undefined) {
    return [superseded(task.id, `has a result (${String(nonce)}) that no whole run returned`)];
  }

  const highest = Math.max(...started.map((run) => run.attempt));
  if (accepted.attempt !== highest || accepted.attempt !== task.attempt) {
    const numbers = `of attempt ${accepted.attempt}; started: up to ${highest}; stored: ${task.attempt}`;
    return [superseded(task.id, `has the result ${numbers}`)];
  }
  const twins = started.filter((run) => run.attempt === highest);
  if (twins.length > 1)
    return [superseded(task.id, `was started ${twins.length} × as attempt ${highest}`)];
  return [];
}

function isEnded(state: string): boolean {
  return state === "failed" || state === "cancelled";
}

function runsByTask(records: readonly RunRecord[]): Map<string, TaskRuns> {
  const byTask = new Map<string, { started: Run[]; ended: Run[] }>();
  for (const record of records) {
    if (record.kind !== "start" && record.kind !== "end") continue;
    const runs = byTask.get(record.run.taskId) ?? { started: [], ended: [] };
    byTask.set(record.run.taskId, runs);
    (record.kind === "start" ? runs.started : runs.ended).push(record.run);
  }
  return byTask;
}

function lost(taskId: string, what: string): Violation {
  return { rule: "lost", taskId, what: `task ${taskId} ${what}` };
}

function superseded(taskId: string, what: string): Violation {
  return { rule: "superseded accepted", taskId, what: `task ${taskId} ${what}` };
}

function twiceAtOnce(record: Extract<RunRecord, { kind: "overlap" }>): Violation {
  const { run, other } = record;
  const what = `attempt ${run.attempt} of task ${run.taskId} (pid ${run.pid}) began beside ${other}`;
  return { rule: "twice at once", taskId: run.taskId, what };
}

function leftOver({ pid, command }: { pid: number; command: string }): Violation {
  return { rule: "left over", what: `process ${pid} is still there: ${command}` };
}
