import { totalmem } from "node:os";
import type { MachineFacts } from "../machine/memory.ts";
import {
  type AdmissionLimits,
  defaultAdmissionLimits,
  type HostedWorker,
  judgeAdmission,
} from "../supervisor/admission.ts";
import { bytes } from "./bytes.ts";
import { type Check, judged } from "./check.ts";

const { ok, warning, problem } = judged("memory");

export interface MemoryParams {
  readonly machine: MachineFacts;
  /** Of the whole machine, whatever a container may use of it. */
  readonly installed?: number;
  /** Live workers of this host. */
  readonly workers: readonly HostedWorker[];
  /** What is configured to run. */
  readonly wanted: readonly WantedWorkers[];
  readonly limits?: AdmissionLimits;
}

export interface WantedWorkers {
  readonly type: string;
  readonly count: number;
  readonly expectedMemory: number;
}

export function checkMemory(params: MemoryParams): Check[] {
  const { machine, installed = totalmem() } = params;
  return [
    judgeMachine(machine, installed),
    ...judgePressure(machine),
    ...params.wanted.map((wanted) => judgeWanted(wanted, params)),
  ];
}

function judgeMachine(machine: MachineFacts, installed: number): Check {
  const { memoryTotal, memoryAvailable, physicalCores } = machine;
  const limited =
    memoryTotal < installed * 0.95
      ? `; a container or group limits it, the machine has ${bytes(installed)}`
      : "";
  const words = `${bytes(memoryAvailable)} of ${bytes(memoryTotal)} are available, ${physicalCores} physical ${physicalCores === 1 ? "core" : "cores"}${limited}.`;
  return ok("memory", words);
}

function judgePressure({ pressure, oomKills }: MachineFacts): Check[] {
  const fix = "End other programs that need much memory, or configure fewer workers.";
  const checks: Check[] = [];
  if (pressure !== "normal") {
    const message = "The system is short of memory: only half of what is free is given to workers.";
    checks.push(warning({ name: "memory_pressure", message, fix }));
  }
  if (oomKills > 0) {
    const message = `The kernel has ended ${oomKills} ${oomKills === 1 ? "process" : "processes"} for want of memory since the machine or container was started.`;
    checks.push(warning({ name: "oom_kills", message, fix }));
  }
  return checks;
}

function judgeWanted({ type, count, expectedMemory }: WantedWorkers, params: MemoryParams): Check {
  const { machine, limits = defaultAdmissionLimits } = params;
  const name = `memory_for_${type}`;
  const running = params.workers.filter((worker) => worker.type === type).length;
  const workers = [...params.workers];
  for (let started = running; started < count; started++) {
    const verdict = judgeAdmission({
      ...{ machine, workers, limits, force: false },
      wanted: { type, expectedMemory, byHand: false },
    });
    if (verdict.kind === "refused") {
      const words = {
        name,
        message: `There is room for ${started} of ${count} ${type} workers: ${verdict.message}.`,
        fix: `Free some memory, or set a smaller workers.${type}.expected_memory${started > 0 ? `, or workers.${type}.count to ${started}` : ""}.`,
      };
      return started === 0 ? problem(words) : warning(words);
    }
    workers.push({ type, expectedMemory, memory: 0 });
  }
  return ok(
    name,
    `There is room for ${count} ${type} ${count === 1 ? "worker" : "workers"} of ${bytes(expectedMemory)}.`,
  );
}
