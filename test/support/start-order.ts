import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultTiming } from "../../src/domain/launch.ts";
import type { StartOrder } from "../../src/executor/executor.ts";

/** An order for a worker that needs no store. */
export function orderFor(workerId: string, folder: string = tmpdir()): StartOrder {
  return {
    logPath: join(folder, "logs", `worker_${workerId}.log`),
    launch: {
      workerId,
      launchToken: `token-of-${workerId}`,
      type: "test",
      link: { kind: "store", path: join(folder, "no-such-store.db") },
      handler: "data:text/javascript,export default {}",
      concurrency: 1,
      leaveWithParent: false,
      timing: defaultTiming,
      checkpointFolder: join(folder, "checkpoints"),
    },
  };
}
