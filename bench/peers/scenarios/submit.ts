import { ownCpuSeconds } from "../../measure/process-usage.ts";
import type { Outcome, Performance, Scenario } from "../scenario.ts";
import { newTask } from "../tasks.ts";

interface SubmitPlan {
  readonly id: string;
  readonly what: string;
  readonly inFlight: number;
  readonly bulk: number;
  readonly classes: Scenario["classes"];
}

const plans: readonly SubmitPlan[] = [
  {
    id: "E1",
    what: "submit one at a time, each awaited",
    inFlight: 1,
    bulk: 1,
    classes: ["D2", "D1"],
  },
  { id: "E2", what: "submit with 32 in flight", inFlight: 32, bulk: 1, classes: ["D2"] },
  { id: "E3", what: "submit in bulks of 100", inFlight: 1, bulk: 100, classes: ["D2", "D1"] },
];

export const submits: readonly Scenario[] = plans.map((plan) => ({
  id: plan.id,
  title: plan.what,
  what: plan.what,
  kind: "submit",
  classes: plan.classes,
  main: { name: "tasks/s", better: "more" },
  probe: 200,
  play: (performance) => play(performance, plan),
}));

async function play({ stage, count }: Performance, plan: SubmitPlan): Promise<Outcome> {
  const { queue } = stage;
  const { inFlight, bulk } = plan;
  const cpuBefore = ownCpuSeconds() + (stage.broker()?.cpuSeconds() ?? 0);
  const begun = performance.now();
  let added = 0;
  while (added < count) {
    await Promise.all(Array.from({ length: inFlight }, () => addSome(bulk)));
    added += inFlight * bulk;
  }
  const seconds = (performance.now() - begun) / 1_000;
  const cpu = ownCpuSeconds() + (stage.broker()?.cpuSeconds() ?? 0) - cpuBefore;

  const stored = await queue.countOpen();
  if (stored !== added) throw new Error(`${added} tasks were acknowledged, ${stored} are there`);
  return {
    values: { "tasks/s": added / seconds },
    cpuSecondsPer1000: (cpu / added) * 1_000,
    count: added,
    seconds,
  };

  function addSome(many: number): Promise<void> {
    if (many === 1) return queue.add(newTask());
    return queue.addMany(Array.from({ length: many }, () => newTask()));
  }
}
