import type { MachineFacts } from "../machine/memory.ts";
import {
  type Admission,
  defaultAdmissionLimits,
  type HostedWorker,
  judgeAdmission,
} from "../supervisor/admission.ts";
import type { MemoryOverview, Room } from "./overview.ts";

/** The machine, and all live workers on it. */
export interface Household {
  readonly machine: MachineFacts;
  readonly workers: readonly HostedWorker[];
}

export function seeMemory(household: Household): MemoryOverview {
  const { machine, workers } = household;
  const { guard, reserved, free } = admit(household, { type: "", expectedMemory: 0 }).room;
  return {
    total: machine.memoryTotal,
    available: machine.memoryAvailable,
    guard,
    reserved,
    free,
    used: workers.reduce((sum, { memory }) => sum + memory, 0),
    pressure: machine.pressure,
    physicalCores: machine.physicalCores,
  };
}

/** What admission would say to workers of a type that need so much at their peak. */
export function roomFor(
  household: Household,
  wanted: { readonly type: string; readonly expectedMemory: number },
): Room {
  const verdict = admit(household, wanted);
  if (verdict.kind === "refused") return { slots: 0, refusal: verdict.message };
  const { admissible, live } = verdict.room;
  return { slots: Math.max(1, admissible - live) };
}

function admit(
  household: Household,
  wanted: { readonly type: string; readonly expectedMemory: number },
): Admission {
  const limits = defaultAdmissionLimits;
  return judgeAdmission({
    ...household,
    wanted: { ...wanted, byHand: false },
    limits,
    force: false,
  });
}
