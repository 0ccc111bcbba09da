import type { ProcessIdentity, WorkerUsage } from "../domain/worker.ts";
import { processTable } from "./process-table/open.ts";
import type { SeenProcess } from "./process-table.ts";
import { CpuMeter } from "./process-tree/cpu-meter.ts";
import { type EndedTree, type EndParams, endFamily } from "./process-tree/end.ts";
import { Family } from "./process-tree/family.ts";

/**
 * Follows all processes that come from one root: its descendants, the members of its process
 * group and session, those that carry its mark in their environment, and whatever was seen as
 * one of these before it was re-parented. Its neighbours in a shell's pipeline are not among them.
 */
export interface ProcessTree {
  /** Looks at the tree as it is now, remembers its members, and measures it. Cheap. */
  sample(): WorkerUsage;
  /**
   * SIGTERM to all, SIGKILL to what is left after `graceMs`, then verifies that none is.
   * Our own process is spared, unless it is the root and not kept: then it is killed last.
   */
  end(params: EndParams): Promise<EndedTree>;
}

export type { EndedTree, EndParams };

export interface FollowParams {
  /** When absent, or gone already, only its mark tells who belongs to it. */
  readonly root?: ProcessIdentity;
  /**
   * `NAME=value` that the root's children inherit, such as `CLX_WORKER_ID=…`, and nobody else
   * but the root's own ancestors has.
   */
  readonly mark?: string;
}

export function followTree(params: FollowParams): ProcessTree {
  const family = new Family(params, processTable());
  const meter = new CpuMeter();
  return {
    sample: () => usageOf(family.look(), meter),
    end: (how) => endFamily(family, how),
  };
}

/** One process alone. Nobody else has to be looked at for it. */
export function followProcess(root: ProcessIdentity): Pick<ProcessTree, "sample"> {
  const table = processTable();
  const meter = new CpuMeter();
  return {
    sample() {
      const seen = table.read([root.pid]);
      return usageOf(
        seen.filter(({ startedAt }) => startedAt === root.startedAt),
        meter,
      );
    },
  };
}

function usageOf(members: readonly SeenProcess[], meter: CpuMeter): WorkerUsage {
  const cpuPercent = meter.percentOf(members);
  return {
    memory: members.reduce((sum, { memory }) => sum + memory, 0),
    ...(cpuPercent !== undefined && { cpuPercent }),
    processes: members.length,
  };
}
