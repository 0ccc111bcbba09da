import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { liveWorkerStates } from "../domain/worker-state.ts";
import { judgeSilence, type SilenceLimits, type WorkerSigns } from "./judge-silence.ts";

const limits: SilenceLimits = {
  leaseMs: 100,
  stalledAfterMs: 1_000,
  startupTimeoutMs: 300,
  leaveMs: 500,
  handoverMs: 400,
};

function signs(over: Partial<WorkerSigns> = {}): WorkerSigns {
  return {
    state: "busy",
    process: "alive",
    keeper: "us",
    orphaned: false,
    persistent: false,
    holdsTasks: true,
    seenMs: 0,
    silentMs: 0,
    goneMs: 0,
    orphanedMs: 0,
    ...over,
  };
}

const orphaned = { keeper: "nobody", orphaned: true } as const;
const standalone = { keeper: "nobody", orphaned: false } as const;

describe("judgeSilence", () => {
  it.each<[string, Partial<WorkerSigns>, string]>([
    ["a worker that beats is well", {}, "well"],
    ["a silent one of ours hangs after a lease", { silentMs: 100 }, "hang"],
    ["a hung one that beats again responds", { state: "hung", silentMs: 0 }, "respond"],
    ["a hung one stays hung while silent", { state: "hung", silentMs: 999 }, "well"],
    ["a hung one is killed once stalled", { state: "hung", silentMs: 1_000 }, "kill lease_lost"],
    ["a draining one does not show as hung", { state: "draining", silentMs: 999 }, "well"],
    [
      "a draining one is killed once stalled",
      { state: "draining", silentMs: 1e3 },
      "kill lease_lost",
    ],
    ["our own dead are for the exit's event", { process: "gone", goneMs: 9_999 }, "well"],
    ["our own created are for the start-up timer", { state: "created", seenMs: 9_999 }, "well"],
    ["one of ours in a container hangs as well", { process: "hidden", silentMs: 100 }, "hang"],
    [
      "a dead one of nobody's is buried at once",
      { ...orphaned, process: "gone" },
      "bury worker_died",
    ],
    ["a dead standalone too", { ...standalone, process: "gone" }, "bury worker_died"],
    ["a dead one is left to its living parent", { keeper: "other", process: "gone" }, "well"],
    [
      "a parent that does not bury its dead is helped",
      { keeper: "other", process: "gone", goneMs: 400 },
      "bury worker_died",
    ],
    ["a silent one is its living parent's matter", { keeper: "other", silentMs: 1e6 }, "well"],
    [
      "so is a silent one in a container",
      { keeper: "other", process: "hidden", silentMs: 1e6 },
      "well",
    ],
    ["an orphan has time to leave", { ...orphaned, orphanedMs: 499 }, "well"],
    ["an orphan that stays is killed", { ...orphaned, orphanedMs: 500 }, "kill worker_died"],
    [
      "an orphan that never got ready is killed",
      { ...orphaned, state: "created", orphanedMs: 500 },
      "kill worker_died",
    ],
    ["a persistent orphan goes on", { ...orphaned, persistent: true, orphanedMs: 1e6 }, "well"],
    [
      "a persistent orphan that is stalled is killed",
      { ...orphaned, persistent: true, silentMs: 1_000 },
      "kill lease_lost",
    ],
    [
      "one that no supervisor will start any more is buried",
      { ...orphaned, state: "created", process: "none" },
      "bury worker_died",
    ],
    [
      "a created one without process or parent gets its time",
      { ...standalone, state: "created", process: "none", seenMs: 299 },
      "well",
    ],
    [
      "and no more than that",
      { ...standalone, state: "created", process: "none", seenMs: 300 },
      "bury worker_died",
    ],
    [
      "a persistent orphan that never gets ready is killed",
      { ...orphaned, persistent: true, state: "created", seenMs: 300 },
      "kill worker_died",
    ],
    [
      "a silent one elsewhere keeps its lease",
      { ...standalone, process: "hidden", silentMs: 99 },
      "well",
    ],
    [
      "a silent one elsewhere has lapsed after it",
      { ...standalone, process: "hidden", silentMs: 100 },
      "bury lease_lost",
    ],
    [
      "a standalone with a task is killed once stalled",
      { ...standalone, silentMs: 1e3 },
      "kill lease_lost",
    ],
    [
      "a standalone with empty hands only hangs",
      { ...standalone, state: "idle", holdsTasks: false, silentMs: 1_000 },
      "hang",
    ],
  ])("%s", (_, over, expected) => {
    const verdict = judgeSilence(signs(over), limits);

    const failure = "failure" in verdict ? ` ${verdict.failure}` : "";
    expect(`${verdict.kind}${failure}`).toBe(expected);
  });

  const anySigns: fc.Arbitrary<WorkerSigns> = fc.record({
    state: fc.constantFrom(...liveWorkerStates),
    process: fc.constantFrom("alive", "gone", "hidden", "none"),
    keeper: fc.constantFrom("us", "other", "nobody"),
    orphaned: fc.boolean(),
    persistent: fc.boolean(),
    holdsTasks: fc.boolean(),
    seenMs: fc.nat(5_000),
    silentMs: fc.nat(5_000),
    goneMs: fc.nat(5_000),
    orphanedMs: fc.nat(5_000),
  });

  it("says in seconds how long it saw no beat", () => {
    const verdict = judgeSilence(signs({ silentMs: 180_072.490384 }), limits);

    expect(verdict).toMatchObject({ why: "no heartbeat for 3m, although its process lives" });
  });

  it("never buries a worker whose process it sees alive", () => {
    fc.assert(
      fc.property(anySigns, (given) => {
        const verdict = judgeSilence({ ...given, process: "alive" }, limits);
        expect(verdict.kind).not.toBe("bury");
      }),
    );
  });

  it("never kills, hangs or wakes a worker of another living supervisor", () => {
    fc.assert(
      fc.property(anySigns, (given) => {
        const verdict = judgeSilence({ ...given, keeper: "other" }, limits);
        expect(["well", "bury"]).toContain(verdict.kind);
      }),
    );
  });

  it("never ends a ready worker that beats and has somebody to keep it", () => {
    fc.assert(
      fc.property(anySigns, (given) => {
        fc.pre(given.process !== "gone" && given.state !== "created" && given.keeper === "us");
        const verdict = judgeSilence({ ...given, silentMs: 0 }, limits);
        expect(["well", "respond"]).toContain(verdict.kind);
      }),
    );
  });
});
