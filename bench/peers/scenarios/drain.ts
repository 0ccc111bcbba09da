import { checkDelivery } from "../../measure/delivery.ts";
import type { Outcome, Performance, Scenario } from "../scenario.ts";
import type { Crew } from "../stage.ts";
import { fill } from "../tasks.ts";
import { handledIn, waitUntil, waitUntilEmpty } from "../watch.ts";

interface DrainPlan extends Crew, Pick<Scenario, "classes" | "settings"> {
  readonly id: string;
  readonly what: string;
}

const plans: readonly DrainPlan[] = [
  {
    id: "P1",
    what: "drain, 1 worker process, concurrency 1",
    processes: 1,
    concurrency: 1,
    classes: ["D2"],
  },
  {
    id: "P10",
    what: "drain, 1 worker process, concurrency 10",
    processes: 1,
    concurrency: 10,
    classes: ["D2", "D1"],
  },
  {
    id: "P100",
    what: "drain, 1 worker process, concurrency 100",
    processes: 1,
    concurrency: 100,
    classes: ["D2"],
    settings: ["tuned"],
  },
  {
    id: "PB",
    what: "drain, batched: 2 worker processes, 256 tasks at a time each, the peers' best batching",
    processes: 2,
    concurrency: 256,
    batched: true,
    classes: ["D2", "D1"],
  },
  {
    id: "W2",
    what: "drain, 2 worker processes, concurrency 10 each",
    processes: 2,
    concurrency: 10,
    classes: ["D2"],
    settings: ["tuned"],
  },
  {
    id: "W8",
    what: "drain, 8 worker processes, concurrency 10 each",
    processes: 8,
    concurrency: 10,
    classes: ["D2"],
    settings: ["tuned"],
  },
];

export const drains: readonly Scenario[] = plans.map((plan) => ({
  id: plan.id,
  title: plan.what.replace(/: .*/, ""),
  what: plan.what,
  kind: "drain",
  classes: plan.classes,
  ...(plan.settings !== undefined && { settings: plan.settings }),
  main: { name: "tasks/s", better: "more" },
  probe: 5 + plan.concurrency * plan.processes,
  play: (performance) => play(performance, plan),
}));

async function play({ stage, count }: Performance, crew: Crew): Promise<Outcome> {
  const { folder, queue } = stage;
  const ids = await fill(queue, count);
  const workers = await stage.startWorkers(crew);
  const limit = { withinMs: 120_000, what: `${count} tasks are handled` };
  await waitUntil(() => handledIn(folder) > 0, limit);
  const broker = stage.broker();
  const [brokerBefore, handledBefore] = [broker?.cpuSeconds() ?? 0, handledIn(folder)];
  await waitUntil(() => handledIn(folder) >= count, limit);
  const brokerSeconds = (broker?.cpuSeconds() ?? 0) - brokerBefore;
  await waitUntilEmpty(queue);
  await workers.stop();

  const { seconds, cpuSeconds, duplicates } = checkDelivery(folder, ids);
  const brokerEach = count > handledBefore ? brokerSeconds / (count - handledBefore) : 0;
  return {
    values: { "tasks/s": (count - 1) / seconds },
    cpuSecondsPer1000: (cpuSeconds / count + brokerEach) * 1_000,
    duplicates,
    count,
    seconds,
  };
}
