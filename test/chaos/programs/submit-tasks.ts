import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ClxError } from "../../../src/domain/errors.ts";
import type { NewTask } from "../../../src/domain/task.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open-sqlite-store.ts";
import { appendAcknowledged, readAcknowledged } from "../journal.ts";
import { randomFrom } from "../random.ts";
import { chaosTask, commandTask } from "../tasks.ts";

export interface SubmitOrder {
  readonly folder: string;
  readonly dbPath: string;
  readonly acknowledgedPath: string;
  readonly count: number;
  readonly gapMs: readonly [number, number];
  readonly workMs: readonly [number, number];
  readonly kinds: readonly ("chaos" | "command")[];
  readonly seed: number;
  /** Makes each payload longer by so many characters. */
  readonly ballast?: number;
}

/**
 * Submits tasks, and believes that one is taken only once its own journal says so on disk.
 *
 * Started again after a kill it goes on where its journal ends. What the store refuses is noted
 * in `refusals.txt` and submitted again under the same id.
 */
const order = JSON.parse(process.argv[2] ?? "{}") as SubmitOrder;
const done = readAcknowledged(order.acknowledgedPath).length;
const random = randomFrom(order.seed + done);
const store = await openSqliteStore({ path: order.dbPath });
for (let n = done; n < order.count; n++) {
  const task = makeTask();
  await submitUntilTaken(task);
  appendAcknowledged(order.acknowledgedPath, [task.id]);
  await pause(random.between(...order.gapMs));
}
await store.close();

function makeTask(): NewTask {
  const { folder, ballast = 0 } = order;
  const ms = random.between(...order.workMs);
  const child = random.next() < 0.3;
  if (random.pick(order.kinds) === "command") {
    return commandTask({ folder }, { ms, children: child ? "stubborn" : "polite" });
  }
  const wait = { ms, behave: "wait", child, ballast: "x".repeat(ballast) } as const;
  return chaosTask({ folder }, wait);
}

async function submitUntilTaken(task: NewTask): Promise<void> {
  for (;;) {
    try {
      await store.submit({ tasks: [task], now: Date.now() });
      return;
    } catch (error) {
      if (!(error instanceof ClxError)) throw error;
      appendFileSync(join(order.folder, "refusals.txt"), `${error.code}\n`);
      await pause(100);
    }
  }
}
