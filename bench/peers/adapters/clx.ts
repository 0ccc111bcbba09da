import { fork } from "node:child_process";
import { newId } from "../../../src/domain/ids.ts";
import { defaultRetry, type NewTask } from "../../../src/domain/task.ts";
import { openStore, startPool } from "../../engine.ts";
import { countIn } from "../../tasks.ts";
import type { NewPeerTask, Peer, Workers, WorkersOrder } from "../peer.ts";
import { ChildProgram } from "../programs/child-program.ts";
import { optionsFor, timingFor } from "./clx-options.ts";

export const clx: Peer = {
  name: "CLX",
  packages: [],
  server: "none",
  classes: ["D2", "D1"],
  settings: {
    default: "as it comes: lease 15 s; workers are processes under a supervisor",
    tuned: "for recovery: lease 1 s",
  },
  tunes: ["recovery"],

  async openQueue(place) {
    const store = await openStore(place.folder, optionsFor(place));
    const addAll = async (tasks: readonly NewPeerTask[]) => {
      await store.submit({ tasks: tasks.map(taskOf), now: Date.now() });
    };
    return {
      add: (task) => addAll([task]),
      addMany: addAll,
      countOpen: () => countIn(store, "pending", "running", "blocked"),
      close: () => store.close(),
    };
  },

  /** Threads of this process. */
  async consume(order) {
    const { folder, concurrency } = order;
    const pool = await startPool({
      folder,
      options: optionsFor(order),
      handler: "peer-task",
      mode: "inline",
      workers: 1,
      concurrency,
    });
    await pool.ready();
    return { stop: () => pool.stop() };
  },

  startWorkers: (order) => (order.kind === "start" ? startHere(order) : startSupervisor(order)),

  refuses(scenario, { setting }) {
    const isSame = setting === "tuned" && ["C1", "C2"].includes(scenario);
    return isSame ? "no lease is waited for here: as by default" : undefined;
  },
};

/** Under a supervisor that runs already: so is the start of a worker measured, not that of both. */
async function startHere(order: WorkersOrder): Promise<Workers> {
  const { folder, processes, concurrency } = order;
  const pool = await startPool({
    folder,
    options: optionsFor(order),
    handler: "peer-task",
    workers: processes,
    concurrency,
  });
  return { pids: () => pool.ready(), stop: () => pool.stop() };
}

async function startSupervisor(order: WorkersOrder): Promise<Workers> {
  let program = await launch(order);
  return {
    pids: () => program.ask<number[]>("pids"),
    broker: {
      pids: () => program.pids(),
      cpuSeconds: () => program.cpuSeconds(),
      kill: () => program.kill(),
      async restart() {
        program = await launch(order);
      },
    },
    stop: () => program.stop(),
  };
}

function launch(order: WorkersOrder): Promise<ChildProgram> {
  const path = new URL("../programs/clx-supervisor.ts", import.meta.url);
  const facts = { ...order, timing: timingFor(order) };
  return ChildProgram.start(fork(path, [JSON.stringify(facts)]));
}

function taskOf({ payload, runAt }: NewPeerTask): NewTask {
  return {
    id: newId(Date.now()),
    type: "bench",
    queue: "default",
    payload: { ...payload },
    priority: 0,
    retry: defaultRetry,
    after: [],
    onDependencyFailure: "skip",
    ...(runAt !== undefined && { runAt }),
  };
}
