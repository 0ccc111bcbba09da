import { expectNoViolation, untilAllEnded } from "./engine.ts";
import { Keeper } from "./keeper.ts";
import { rage } from "./nemesis.ts";
import type { SubmitOrder } from "./programs/submit-tasks.ts";
import type { Stage } from "./stage.ts";
import { supervise } from "./supervision.ts";

/**
 * Tasks flow to the pools of two supervisors while everything that takes part is killed and
 * stopped at random: supervisors, workers, the programs they run and those programs' children,
 * and the submitter. Then there is peace, and every acknowledged task must come to its end.
 */
export async function randomFaults(stage: Stage): Promise<void> {
  const supervisors = [
    supervise(stage, [{ type: "chaos", count: 3, persistent: stage.random.next() < 0.5 }]),
    supervise(stage, [{ type: "command", count: 2, persistent: stage.random.next() < 0.5 }]),
  ];
  const order: SubmitOrder = {
    folder: stage.folder,
    dbPath: stage.dbPath,
    acknowledgedPath: stage.acknowledgedPath,
    count: 80,
    gapMs: [20, 120],
    workMs: [20, 600],
    kinds: ["chaos", "chaos", "command"],
    seed: stage.seed,
  };
  const submitter = new Keeper(stage, "submit-tasks", order);

  await rage(stage, {
    forMs: 8_000,
    gapMs: [30, 250],
    longestStopMs: 2_500,
    roles: ["worker", "worker", "worker", "child", "child", "supervisor", "submitter"],
  });

  await submitter.done;
  await untilAllEnded(stage, 90_000);
  for (const supervisor of supervisors) await supervisor.stop(30_000);
  await expectNoViolation(stage);
}
