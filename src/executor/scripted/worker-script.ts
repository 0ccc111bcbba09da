import type { LaunchDocument } from "../../domain/launch.ts";
import type { ProcessIdentity, WorkerUsage } from "../../domain/worker.ts";
import type { WorkerExit } from "../executor.ts";

/** What a scripted worker does with its life. By default it runs until it is told to stop. */
export interface WorkerScript {
  /** It is not started at all, for this reason. */
  readonly startFails?: string;
  /** It ends by itself so long after its start … */
  readonly endsAfterMs?: number;
  /** … or when it is told to stop, in this way; by default with exit code 0. */
  readonly exit?: WorkerExit;
  /** It does not heed a polite stop, and has to be killed. */
  readonly ignoresStop?: boolean;
  /** Who it says it is. Nobody signals a scripted worker, but others may look for its process. */
  readonly process?: ProcessIdentity;
  readonly usage?: WorkerUsage;
  /** How many processes it leaves behind, for `cleanup` to end. */
  readonly strays?: number;
  /** Called when it has started: the place to activate its row, or to take a task. */
  readonly onStart?: (launch: LaunchDocument) => void;
}
