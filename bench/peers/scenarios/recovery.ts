import { monotonicMs } from "../../measure/process-usage.ts";
import { percentile } from "../../measure/statistics.ts";
import type { Workers } from "../peer.ts";
import type { Outcome, Performance, Scenario } from "../scenario.ts";
import { newTask } from "../tasks.ts";
import { MarkReader, waitUntil } from "../watch.ts";

export const killedWorker: Scenario = {
  id: "C1",
  title: "kill -9 of a worker",
  what: "kill -9 of a worker process that runs ten tasks, another one at hand: until they run again",
  kind: "recovery",
  classes: ["D2", "D1"],
  main: { name: "p50 ms", better: "less" },
  runs: 1,
  waits: "long",
  isSameInBothClasses: true,
  async play(given) {
    const { stage, options } = given;
    const workers = await stage.startWorkers({ processes: 1, concurrency: 10 });
    const samples: number[] = [];
    const deadline = performance.now() + 1_000 * options.patienceSeconds;
    let [kills, lost, twice] = [0, 0, 0];
    while (kills < 10 && (kills === 0 || performance.now() < deadline)) {
      kills++;
      const round = await killOnce(given, workers);
      samples.push(...round.samples);
      lost += round.lost;
      twice += round.twice;
      if (round.lost > 0) break;
    }
    return {
      values: {
        "p50 ms": percentile(samples, 0.5),
        "max ms": samples.length > 0 ? Math.max(...samples) : Number.NaN,
        kills,
        "not back in time": lost,
        "completed twice": twice,
      },
      count: 10 * kills,
      ...(lost > 0 && {
        note: `${lost} of ${10 * kills} tasks had not been started again after ${options.patienceSeconds} s`,
      }),
    };
  },
};

interface Round {
  readonly samples: readonly number[];
  readonly lost: number;
  readonly twice: number;
}

async function killOnce({ stage, options }: Performance, workers: Workers): Promise<Round> {
  const [victim] = await workers.pids();
  if (victim === undefined) throw new Error("there is no worker");
  const marks = new MarkReader(stage.folder);
  const tasks = Array.from({ length: 10 }, () => newTask({ mark: true, ms: 3_000 }));
  const ids = tasks.map(({ payload }) => payload.id);
  const timesStarted = (id: string) => marks.starts(id).length;
  await stage.queue.addMany(tasks);
  const areTaken = () => ids.every((id) => timesStarted(id) > 0);
  await waitUntil(areTaken, { withinMs: 60_000, what: "ten tasks are taken", everyMs: 2 });
  await workers.addProcess?.();

  const held = ids.filter((id) => marks.ends(id).length === 0);
  const killedAt = monotonicMs();
  process.kill(victim, "SIGKILL");
  const patience = { withinMs: 1_000 * options.patienceSeconds, what: "the tasks run again" };
  await waitUntil(() => held.every((id) => timesStarted(id) > 1), patience).catch(() => undefined);
  const again = held.flatMap((id) => marks.starts(id)[1]?.at ?? []);
  const lost = held.length - again.length;
  if (lost === 0) {
    const rest = { withinMs: 30_000, what: "all is done and a worker is there" };
    await waitUntil(() => ids.every((id) => marks.ends(id).length > 0), rest);
    await waitUntil(async () => (await stage.queue.countOpen()) === 0, rest);
    await waitUntil(async () => isReplaced(await workers.pids(), victim), rest);
  }
  return {
    samples: again.map((at) => at - killedAt),
    lost,
    twice: ids.filter((id) => marks.ends(id).length > 1).length,
  };
}

function isReplaced(pids: readonly number[], victim: number): boolean {
  return pids.length > 0 && !pids.includes(victim);
}

export const killedBroker: Scenario = {
  id: "C2",
  title: "kill -9 of the server or supervisor",
  what: "kill -9 of the server (ours: the supervisor) while ten tasks of 1 s run and 200 wait, and its start anew at once: until all acknowledged tasks are done",
  kind: "recovery",
  classes: ["D2"],
  main: { name: "all done ms", better: "less" },
  runs: 1,
  waits: "short",
  async play(given) {
    const { stage, options } = given;
    await stage.startWorkers({ processes: 1, concurrency: 10 });
    const broker = stage.broker();
    if (broker === undefined) throw new Error("there is nothing to kill");
    const marks = new MarkReader(stage.folder);
    const long = Array.from({ length: 10 }, () => newTask({ mark: true, ms: 1_000 }));
    const short = Array.from({ length: 200 }, () => newTask({ mark: true, ms: 0 }));
    const ids = [...long, ...short].map(({ payload }) => payload.id);
    await stage.queue.addMany(long);
    const taken = { withinMs: 60_000, what: "ten tasks run at once", everyMs: 2 };
    await waitUntil(() => marks.starts().length >= 10, taken);
    await stage.queue.addMany(short);

    const killedAt = monotonicMs();
    await broker.kill();
    await broker.restart();
    const answersAgain = monotonicMs() - killedAt;
    const missing = () => {
      const ended = new Set(marks.ends().map(({ taskId }) => taskId));
      return ids.filter((id) => !ended.has(id)).length;
    };
    const patience = { withinMs: 1_000 * options.patienceSeconds, what: "all tasks are done" };
    await waitUntil(() => missing() === 0, patience).catch(() => undefined);
    const notDone = missing();
    const last = Math.max(...marks.ends().map(({ at }) => at));
    return {
      values: {
        "all done ms": notDone === 0 ? last - killedAt : Number.NaN,
        "answers again ms": answersAgain,
        "not done in time": notDone,
        "completed twice": marks.ends().length - (ids.length - notDone),
      },
      count: ids.length,
      ...(notDone > 0 && {
        note: `${notDone} of ${ids.length} acknowledged tasks were not done after ${options.patienceSeconds} s`,
      }),
    };
  },
};

export const stoppedWorker: Scenario = {
  id: "C3",
  title: "a worker that comes back late",
  what: "SIGSTOP of a worker until another has taken its task over, then SIGCONT: is its late completion accepted?",
  kind: "recovery",
  classes: ["D2", "D1"],
  main: { name: "late completions accepted", better: "less" },
  runs: 1,
  waits: "long",
  isSameInBothClasses: true,
  async play(given) {
    const { stage, options } = given;
    const workers = await stage.startWorkers({ processes: 2, concurrency: 1 });
    const deadline = performance.now() + 1_000 * options.patienceSeconds;
    let [rounds, accepted] = [0, 0];
    const takenOver: number[] = [];
    while (rounds < 3 && performance.now() < deadline) {
      const round = await stopOnce(given, workers);
      if (round === undefined) break;
      rounds++;
      takenOver.push(round.takenOverMs);
      if (round.lateAccepted) accepted++;
    }
    return outcomeOf(rounds, accepted, takenOver, options.patienceSeconds);
  },
};

function outcomeOf(
  rounds: number,
  accepted: number,
  takenOver: readonly number[],
  patienceSeconds: number,
): Outcome {
  return {
    values: {
      "late completions accepted": rounds > 0 ? accepted : Number.NaN,
      rounds,
      "taken over after p50 ms": percentile(takenOver, 0.5),
    },
    count: rounds,
    ...(rounds === 0 && { note: `nobody had taken the task over after ${patienceSeconds} s` }),
  };
}

/** The second attempt outlasts the first one's end; if nothing is open meanwhile, that end counted. */
async function stopOnce(
  { stage, options }: Performance,
  workers: Workers,
): Promise<{ takenOverMs: number; lateAccepted: boolean } | undefined> {
  const marks = new MarkReader(stage.folder);
  const task = newTask({ mark: true, ms: 3_000 });
  const { id } = task.payload;
  await stage.queue.add(task);
  const limit = { withinMs: 30_000, what: "the task is taken" };
  await waitUntil(() => marks.starts(id).length > 0, limit);
  const first = marks.starts(id)[0]?.pid;
  if (first === undefined) throw new Error("nobody took the task");
  const stoppedAt = monotonicMs();
  process.kill(first, "SIGSTOP");
  const patience = { withinMs: 1_000 * options.patienceSeconds, what: "it is taken over" };
  try {
    await waitUntil(() => marks.starts(id).length > 1, patience);
  } catch {
    goOn(first);
    return undefined;
  }
  const takenOverMs = (marks.starts(id)[1]?.at ?? Number.NaN) - stoppedAt;
  goOn(first);
  const isDecided = () => marks.ends(id).length > 0 || !isAlive(first);
  await waitUntil(isDecided, { withinMs: 10_000, what: "the first attempt ends" });
  // What the late worker has to say needs a moment to arrive; the second attempt takes 3 s.
  await waitUntil(async () => (await stage.queue.countOpen()) === 0, {
    withinMs: 1_000,
    what: "the late completion counts",
    everyMs: 20,
  }).catch(() => undefined);
  const secondRuns = marks.ends(id).every(({ pid }) => pid === first);
  const lateAccepted = secondRuns && (await stage.queue.countOpen()) === 0;
  const rest = { withinMs: 20_000, what: "the second attempt ends", everyMs: 50 };
  await waitUntil(() => marks.ends(id).some(({ pid }) => pid !== first), rest);
  await waitUntil(async () => (await workers.pids()).length >= 2, rest);
  return { takenOverMs, lateAccepted };
}

/** It may have been ended already, which is what a supervisor should do. */
function goOn(pid: number): void {
  if (isAlive(pid)) process.kill(pid, "SIGCONT");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
