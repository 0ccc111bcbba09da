import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultRestart } from "./pool.ts";
import { deathsInARow, decideRestart, type WorkerDeath } from "./restart-policy.ts";

const policy = { ...defaultRestart, maxRestarts: 3, delayMs: 100, maxDelayMs: 1_000 };

function death(over: Partial<WorkerDeath> = {}): WorkerDeath {
  return {
    at: 0,
    livedMs: 5,
    readyMs: 4,
    wasUseful: false,
    heldTask: false,
    what: "it exited with code 7",
    ...over,
  };
}

function deaths(count: number, over: Partial<WorkerDeath> = {}): WorkerDeath[] {
  return Array.from({ length: count }, (_, at) => death({ at, ...over }));
}

describe("decideRestart", () => {
  it.each([
    [1, 100],
    [2, 200],
    [3, 400],
  ])("after %i deaths in a row waits %i ms", (count, delayMs) => {
    const decision = decideRestart({ policy, deaths: deaths(count), now: 10 });

    expect(decision).toEqual({ kind: "restart", delayMs, restarts: count });
  });

  it("gives up at once when the next one would fail as well, and says why once", () => {
    const what = "unknown_handler: there is no file x.mjs";
    const hopeless = death({ what, isHopeless: true, logTail: what });

    const decision = decideRestart({ policy, deaths: [hopeless], now: 10 });

    expect(decision).toEqual({ kind: "give_up", reason: what });
  });

  it("never waits longer than the cap", () => {
    const decision = decideRestart({ policy, deaths: deaths(40, { heldTask: true }), now: 50 });

    expect(decision).toMatchObject({ kind: "restart", delayMs: 1_000 });
  });

  it("gives up with the last exit and the log's end once there were too many", () => {
    const row = deaths(4, { logTail: "Error: no module xyz" });

    const decision = decideRestart({ policy, deaths: row, now: 10 });

    expect(decision).toEqual({
      kind: "give_up",
      reason:
        "4 workers in a row ended within 8ms (3 restarts are allowed); the last one lived 5ms: it exited with code 7; its log ends with: Error: no module xyz",
    });
  });

  it("forgets deaths that lie outside the window when it thinks of giving up", () => {
    const decision = decideRestart({ policy, deaths: deaths(4), now: 60_001 });

    expect(decision.kind).toBe("restart");
  });

  it("gives up on starts that time out, however long each of them takes", () => {
    const row = [1, 2, 3, 4].map((number) =>
      death({ at: number * 45_000, livedMs: 30_000, readyMs: 0 }),
    );
    const decide = (count: number) =>
      decideRestart({ policy, deaths: row.slice(0, count), now: count * 45_000 });

    expect([1, 2, 3].map((count) => decide(count).kind)).toEqual(["restart", "restart", "restart"]);
    expect(decide(4)).toMatchObject({
      kind: "give_up",
      reason: expect.stringMatching(/^4 workers in a row ended within 2m 45s .* lived 30s/),
    });
  });

  it.each([
    ["was ready for long", { readyMs: policy.healthyAfterMs }],
    ["did a task", { wasUseful: true }],
  ])("starts to count anew with a worker that %s", (_, healthy) => {
    const row = [...deaths(4), death({ at: 4, ...healthy })];

    const decision = decideRestart({ policy, deaths: row, now: 10 });

    expect(decision).toEqual({ kind: "restart", delayMs: 100, restarts: 1 });
  });

  it("never gives up for deaths with a task in hand", () => {
    const decision = decideRestart({ policy, deaths: deaths(50, { heldTask: true }), now: 60 });

    expect(decision.kind).toBe("restart");
  });

  it("waits between the first delay and the cap, and ever longer, whatever the lives were", () => {
    const lives = fc.array(
      fc.record({ readyMs: fc.nat(60_000), wasUseful: fc.boolean(), heldTask: fc.boolean() }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(lives, (facts) => {
        const row = facts.map((fact, at) => death({ ...fact, at: at * 100 }));
        const decision = decideRestart({ policy, deaths: row, now: row.length * 100 });

        if (decision.kind === "give_up") {
          expect(row.length).toBeGreaterThan(policy.maxRestarts);
          return;
        }
        expect(decision.delayMs).toBeGreaterThanOrEqual(policy.delayMs);
        expect(decision.delayMs).toBeLessThanOrEqual(policy.maxDelayMs);
        expect(decision.restarts).toBe(deathsInARow(row, policy).length);
      }),
    );
  });
});
