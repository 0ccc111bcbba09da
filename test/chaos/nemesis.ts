import { setTimeout as pause } from "node:timers/promises";
import { monotonicMs } from "./journal.ts";
import { type SeenProcess, signalProcess } from "./processes.ts";
import type { Stage } from "./stage.ts";

export type Role = "supervisor" | "submitter" | "worker" | "child";

export interface NemesisPlan {
  readonly forMs: number;
  readonly gapMs: readonly [number, number];
  /** The longest stop; the scenario's lease should be shorter. */
  readonly longestStopMs: number;
  readonly roles: readonly Role[];
}

/**
 * Kills and stops processes of the stage at random until its time is over.
 *
 * The seed repeats its choices; which process does what at that moment is up to the machine.
 * When it returns every process that it stopped and that still lives goes on again.
 */
export async function rage(stage: Stage, plan: NemesisPlan): Promise<void> {
  const { random } = stage;
  const end = monotonicMs() + plan.forMs;
  const stopped: Promise<void>[] = [];
  while (monotonicMs() < end) {
    await pause(random.between(...plan.gapMs));
    const role = random.pick(plan.roles);
    const deed = random.next() < 0.6 ? "SIGKILL" : "SIGSTOP";
    const stopMs = random.between(50, plan.longestStopMs);
    const chance = random.next();
    const victim = role && chooseVictim(stage, role, chance);
    if (!victim || !signalProcess(victim, deed)) continue;
    stage.note(`${deed} ${role} ${victim.pid}${deed === "SIGSTOP" ? ` for ${stopMs} ms` : ""}`);
    if (deed === "SIGSTOP") stopped.push(goOnAfter(stage, victim, stopMs));
  }
  await Promise.all(stopped);
}

function chooseVictim(stage: Stage, role: Role, chance: number): SeenProcess | undefined {
  const candidates = stage.processes().filter((process) => roleOf(process) === role);
  return candidates[Math.floor(chance * candidates.length)];
}

async function goOnAfter(stage: Stage, victim: SeenProcess, afterMs: number): Promise<void> {
  await pause(afterMs);
  if (signalProcess(victim, "SIGCONT")) stage.note(`SIGCONT ${victim.pid}`);
}

export function roleOf({ command, env }: SeenProcess): Role {
  if (command.includes("/programs/supervise.ts")) return "supervisor";
  if (command.includes("/programs/submit-tasks.ts")) return "submitter";
  if (env.has("CLX_CHAOS_TASK")) return "child";
  return "worker";
}
