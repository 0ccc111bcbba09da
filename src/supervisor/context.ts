import type { LinkSpec, WorkerTiming } from "../domain/launch.ts";
import type { ExecutionMode, ProcessIdentity } from "../domain/worker.ts";
import type { WorkerExecutor } from "../executor/executor.ts";
import type { WorkerLinks } from "../link/worker-link.ts";
import type { MachineFacts } from "../machine/memory.ts";
import type { TaskStore } from "../store/task-store.ts";
import type { AdmissionLimits } from "./admission.ts";
import type { Clock } from "./clock.ts";
import type { Journal } from "./journal.ts";
import type { Patience } from "./patience.ts";

/** What every part of one supervisor works with. */
export interface SupervisorContext {
  readonly store: TaskStore;
  readonly executors: ReadonlyMap<ExecutionMode, WorkerExecutor>;
  readonly link: LinkSpec;
  readonly workerApi: WorkerLinks | undefined;
  readonly logFolder: string;
  readonly checkpointFolder: string;
  readonly timing: WorkerTiming;
  readonly admission: AdmissionLimits & { readonly force: boolean; readonly wayPast?: string };
  readonly sessionId: string | undefined;
  readonly own: ProcessIdentity;
  readonly clock: Clock;
  readonly readMachine: () => MachineFacts;
  readonly journal: Journal;
  readonly onError: (error: unknown) => void;
  readonly patience: Patience;
  readonly startupParallel: number;
}
