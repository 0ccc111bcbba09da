import { describe, expect, it, onTestFinished } from "vitest";
import { openSqliteSite } from "../../test/support/store-site.ts";
import { cursorAt } from "./cursor-at.ts";

const minute = 60_000;

async function storeWithEvents(times: readonly number[]) {
  const site = await openSqliteSite();
  onTestFinished(() => site.close());
  const events = times.map((at) => ({ type: "audit" as const, at }));
  await site.store.appendEvents({ events });
  return site.store;
}

describe("the cursor of a time", () => {
  it("leaves out what was long before, and nothing from then on", async () => {
    const store = await storeWithEvents(Array.from({ length: 500 }, (_, index) => index * minute));

    for (const wanted of [0, 1, 77, 250, 499]) {
      const after = await cursorAt(store, wanted * minute);
      const [first] = await store.listEvents({ after, limit: 1 });

      expect(first?.at).toBeLessThanOrEqual(wanted * minute);
      expect(first?.at).toBeGreaterThanOrEqual((wanted - 1) * minute);
    }
  });

  it("is the end for a time to come, and the beginning for one before all", async () => {
    const store = await storeWithEvents([10 * minute, 11 * minute]);

    expect(await cursorAt(store, 99 * minute)).toBe(2);
    expect(await cursorAt(store, 0)).toBe(0);
  });

  it("works in a log whose beginning has been removed", async () => {
    const store = await storeWithEvents(Array.from({ length: 50 }, (_, index) => index * minute));
    const before = { eventsBefore: 30 * minute, tasksEndedBefore: 0, workersEndedBefore: 0 };
    await store.prune({ ...before, limit: 1_000 });

    const after = await cursorAt(store, 40 * minute);
    const [first] = await store.listEvents({ after, limit: 1 });

    expect(first?.at).toBe(39 * minute);
  });

  it("is 0 in an empty log", async () => {
    expect(await cursorAt(await storeWithEvents([]), 5)).toBe(0);
  });
});
