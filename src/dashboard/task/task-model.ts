import type { LoggedEvent } from "../../domain/event.ts";
import type { Attempt, Task } from "../../domain/task.ts";
import type { WorkerUsage } from "../../domain/worker.ts";
import type { AgentModel } from "../agent/agent-model.ts";
import type { Viewer } from "../page.ts";
import type { LogModel } from "./log-model.ts";

/** All that the page of one task shows. */
export interface TaskModel {
  readonly task: Task;
  readonly attempts: readonly Attempt[];
  /** One sentence, while it waits. */
  readonly waitsBecause?: string;
  readonly dependencies: readonly Dependency[];
  readonly dependants: readonly Task[];
  readonly hasMoreDependants: boolean;
  /** About the task, and about its workers while they had it; oldest first. */
  readonly events: readonly LoggedEvent[];
  /** Of its worker, while it runs. */
  readonly usage: readonly Sample[];
  readonly log: LogModel;
  readonly viewer: Viewer;
  readonly now: number;
  /** With which a wish to run it again, sent twice, is recognised. */
  readonly againKey: string;
  /** Of an agent's task. */
  readonly agent?: AgentModel;
}

/** A task that this one waits for; without `task` when it has been deleted. */
export interface Dependency {
  readonly id: string;
  readonly task?: Task;
}

export interface Sample extends WorkerUsage {
  readonly at: number;
}
