import { writeSync } from "node:fs";
import { newId } from "../../../src/domain/ids.ts";
import { defaultRetry } from "../../../src/domain/task.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open-sqlite-store.ts";

/** Submits pairs of tasks as fast as it can, and prints the ids of each pair that is acknowledged. */
const [path = ""] = process.argv.slice(2);
const store = await openSqliteStore({ path });
const lane = async () => {
  for (;;) {
    const [first, second] = [newId(Date.now()), newId(Date.now())];
    const task = {
      type: "echo",
      queue: "default",
      payload: "x".repeat(2_000),
      priority: 0,
      retry: defaultRetry,
      onDependencyFailure: "skip",
    } as const;
    await store.submit({
      tasks: [
        { ...task, id: first, after: [] },
        { ...task, id: second, after: [first] },
      ],
      now: Date.now(),
    });
    writeSync(1, `${first} ${second}\n`);
  }
};
await Promise.all([lane(), lane(), lane(), lane()]);
