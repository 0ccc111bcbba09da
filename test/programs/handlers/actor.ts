import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonValue } from "../../../src/domain/json.ts";
import {
  defineWorker,
  type TaskContext,
  TaskError,
  type TaskInHand,
} from "../../../src/worker/handler.ts";

/** What a task asks of the actor: one act, with what it needs. */
export interface Act {
  readonly act: keyof typeof acts;
  readonly ms?: number;
  readonly value?: JsonValue;
  readonly kind?: string;
  /** A file that gets a line at the beginning and the end of each attempt. */
  readonly journal?: string;
  /** A file that the test makes. */
  readonly gate?: string;
  readonly count?: number;
  readonly bytes?: number;
  readonly database?: string;
  readonly query?: string;
}

type Task = TaskInHand<Act>;

const acts = {
  answer: async ({ payload }: Task) => payload.value,
  /** As libraries do when they are loaded. */
  lookAtStandardInput: async () => process.stdin.isTTY === true,
  sleep: async ({ payload }: Task, { signal }: TaskContext) => {
    await sleep(payload.ms, undefined, { signal });
    return "slept";
  },
  waitForGate: async ({ payload }: Task, { signal }: TaskContext) => {
    while (!existsSync(payload.gate ?? "")) await sleep(20, undefined, { signal });
    return "the gate is open";
  },
  /** Ends a while after it is told to stop, with a result. */
  finishUp: async ({ payload }: Task, { signal }: TaskContext) => {
    if (!signal.aborted) await once(signal, "abort");
    await sleep(payload.ms);
    return "finished all the same";
  },
  ignoreSignal: async () => {
    await sleep(60_000);
  },
  block: async ({ payload }: Task, ctx: TaskContext) => {
    ctx.log("blocks from now on");
    const until = performance.now() + (payload.ms ?? Infinity);
    while (performance.now() < until);
    return "unblocked";
  },
  /** Blocks the event loop until the query finds something. */
  blockUntilFound: async ({ payload }: Task) => {
    const store = new DatabaseSync(payload.database ?? "", { readOnly: true, timeout: 1_000 });
    const query = store.prepare(payload.query ?? "");
    const until = performance.now() + (payload.ms ?? 20_000);
    while (query.get() === undefined && performance.now() < until);
    store.close();
    return "unblocked";
  },
  throwError: async () => {
    throw new TypeError("no such thing");
  },
  throwText: async () => {
    throw "just words";
  },
  throwTaskError: async ({ payload }: Task) => {
    throw new TaskError(payload.kind as "user_error", "the input is wrong", { exitCode: 7 });
  },
  returnCycle: async () => {
    const ring: { self?: JsonValue } = {};
    ring.self = ring as JsonValue;
    return ring as JsonValue;
  },
  returnFunction: async () => (() => {}) as unknown as JsonValue,
  returnLarge: async ({ payload }: Task) => "x".repeat(payload.bytes ?? 0),
  writeLines: async ({ payload }: Task, ctx: TaskContext) => {
    for (let line = 1; line <= (payload.count ?? 0); line++) {
      ctx.log(`line ${line}`, line % 2 === 0 ? "stderr" : "stdout");
      ctx.progress({ fraction: line / (payload.count ?? 1), message: `at ${line}` });
      if (payload.ms) await sleep(payload.ms);
    }
    if (payload.kind) throw new TaskError("user_error", "after all that");
    return null;
  },
  checkpointThenDie: async ({ attempt }: Task, { checkpoint }: TaskContext) => {
    const folder = await checkpoint.folder();
    appendFileSync(join(folder, "steps"), `attempt ${attempt}\n`);
    const before = checkpoint.value ?? null;
    await checkpoint.save({ reached: attempt });
    if (attempt === 1) process.kill(process.pid, "SIGKILL");
    return { before, after: checkpoint.value ?? null, folder };
  },
  holdMemory: async ({ payload }: Task, { signal }: TaskContext) => {
    const held: Buffer[] = [];
    while (!signal.aborted) {
      held.push(Buffer.alloc(payload.bytes ?? 0, 1));
      await sleep(20, undefined, { signal });
    }
  },
  spawnChild: async ({ payload }: Task, ctx: TaskContext) => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
      detached: true,
      stdio: "ignore",
    });
    ctx.log(`child ${child.pid}`);
    if (payload.kind === "wait") await once(child, "exit");
    else await sleep(60_000);
    return "the child is gone";
  },
  crash: async () => {
    setTimeout(() => {
      throw new Error("nobody catches this");
    });
    await sleep(60_000);
  },
  exitProcess: async () => process.exit(0),
} as const satisfies Record<
  string,
  (task: Task, ctx: TaskContext) => Promise<JsonValue | undefined>
>;

export default defineWorker<Act>({
  type: "actor",
  schema: {
    "~standard": {
      version: 1,
      vendor: "test",
      validate(value) {
        const { act } = value as Act;
        if (act in acts) return { value: value as Act };
        return { issues: [{ message: "no such act", path: ["act"] }] };
      },
    },
  },
  async handle(task, ctx) {
    const { journal, act } = task.payload;
    const note = (word: string) => {
      if (journal) appendFileSync(journal, `${word} ${task.id}#${task.attempt} ${process.pid}\n`);
    };
    note("begin");
    try {
      return await acts[act](task, ctx);
    } finally {
      note("end");
    }
  },
});
