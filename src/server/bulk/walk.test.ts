import { expect, it, onTestFinished } from "vitest";
import { openSqliteSite } from "../../../test/support/store-site.ts";
import type { BulkAction } from "../../domain/bulk.ts";
import { newId } from "../../domain/ids.ts";
import type { JsonValue } from "../../domain/json.ts";
import { defaultRetry, type NewTask } from "../../domain/task.ts";
import { openWalk } from "./walk.ts";

function newTask(payload: JsonValue): NewTask {
  return {
    ...{ id: newId(Date.now()), type: "command", queue: "default", payload, priority: 0 },
    ...{ retry: defaultRetry, after: [], onDependencyFailure: "skip" },
  };
}

it.each<BulkAction>(["cancel", "retry", "delete"])(
  "finds the tasks to %s by a text, however much was submitted after them",
  async (action) => {
    const { store, close } = await openSqliteSite({ synchronous: "off" });
    onTestFinished(close);
    const wanted = [newTask({ say: "needle" }), newTask({ say: "a needle too" })];
    const others = Array.from({ length: 40 }, () => newTask("hay".repeat(300_000)));
    await store.submit({ tasks: [...wanted, ...others], now: Date.now() });

    const found: string[] = [];
    const filter = { text: "needle" };
    for await (const some of await openWalk(store, action, { kind: "filter", filter })) {
      found.push(...some.map(({ id }) => id));
    }

    expect(found.toSorted()).toEqual(wanted.map(({ id }) => id).toSorted());
  },
);
