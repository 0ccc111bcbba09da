import { monotonicMs } from "../../measure/process-usage.ts";
import { percentile } from "../../measure/statistics.ts";
import type { Performance, Scenario } from "../scenario.ts";
import { openTaskHandler } from "../task-handler.ts";
import { newTask } from "../tasks.ts";
import { MarkReader, waitUntil, waitUntilEmpty } from "../watch.ts";

export const processStart: Scenario = {
  id: "G1",
  title: "a task in a fresh worker",
  what: "a task from submit to end of handler's start: in a warm worker process, in one that must be started first, and in the submitting process (ours: a thread of it)",
  kind: "start",
  classes: ["D2"],
  settings: ["default"],
  main: { name: "fresh worker p50 ms", better: "less" },
  runs: 1,
  async play(given) {
    const warm = await warmWorker(given);
    const fresh = await freshWorker(given);
    const apart = await apartWorker(given);
    const inline = await inlineWorker(given);
    return {
      values: {
        "fresh worker p50 ms": percentile(fresh, 0.5),
        "warm worker p50 ms": percentile(warm, 0.5),
        ...(apart.length > 0 && { "sandboxed p50 ms": percentile(apart, 0.5) }),
        "inline p50 ms": percentile(inline, 0.5),
      },
      count: warm.length + fresh.length + inline.length + apart.length,
    };
  },
};

async function warmWorker(given: Performance): Promise<readonly number[]> {
  const workers = await given.stage.startWorkers({ processes: 1, concurrency: 1 });
  const samples = await submitEach(given);
  await workers.stop();
  return samples;
}

/** From the order to start a worker process, with the task waiting. */
async function freshWorker({ stage, options }: Performance): Promise<readonly number[]> {
  const marks = new MarkReader(stage.folder);
  const samples: number[] = [];
  while (samples.length < (options.quick ? 2 : 5)) {
    const task = newTask({ mark: true });
    await stage.queue.add(task);
    const ordered = monotonicMs();
    const starting = stage.startWorkers({ processes: 1, concurrency: 1 });
    await taken(marks, task.payload.id);
    samples.push((marks.starts(task.payload.id)[0]?.at ?? Number.NaN) - ordered);
    await waitUntilEmpty(stage.queue);
    await (await starting).stop();
  }
  return samples;
}

async function inlineWorker(given: Performance): Promise<readonly number[]> {
  const { stage } = given;
  const handler = openTaskHandler(stage.folder);
  const order = { ...stage.place, concurrency: 1, batched: false, handle: handler.handle };
  const consumer = await stage.peer.consume(order);
  try {
    return await submitEach(given);
  } finally {
    await consumer.stop();
    handler.close();
  }
}

/** Until the queue knows that it is done: the peer's own child has no marks to leave. */
async function apartWorker({ stage, options }: Performance): Promise<readonly number[]> {
  const { peer, place, queue } = stage;
  if (peer.consumeApart === undefined) return [];
  const handle = () => Promise.resolve();
  const consumer = await peer.consumeApart({ ...place, concurrency: 1, batched: false, handle });
  const samples: number[] = [];
  try {
    for (let n = 0; n < (options.quick ? 10 : 100); n++) {
      const begun = monotonicMs();
      await queue.add(newTask());
      while ((await queue.countOpen()) > 0);
      samples.push(monotonicMs() - begun);
    }
  } finally {
    await consumer.stop();
  }
  return samples;
}

async function submitEach({ stage, options }: Performance): Promise<readonly number[]> {
  const marks = new MarkReader(stage.folder);
  const samples: number[] = [];
  const deadline = performance.now() + 4_000 * options.runSeconds;
  while (samples.length < (options.quick ? 10 : 100) && performance.now() < deadline) {
    const task = newTask({ mark: true });
    const called = monotonicMs();
    await stage.queue.add(task);
    await taken(marks, task.payload.id);
    samples.push((marks.starts(task.payload.id)[0]?.at ?? Number.NaN) - called);
    await waitUntilEmpty(stage.queue);
  }
  return samples;
}

function taken(marks: MarkReader, id: string): Promise<void> {
  const what = "the task is taken";
  return waitUntil(() => marks.starts(id).length > 0, { withinMs: 30_000, what, everyMs: 2 });
}
