import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MachineFacts } from "../machine/memory.ts";
import {
  type AdmissionFacts,
  defaultAdmissionLimits,
  type HostedWorker,
  judgeAdmission,
} from "./admission.ts";

const gib = 1024 ** 3;

const machine: MachineFacts = {
  memoryTotal: 16 * gib,
  memoryAvailable: 12 * gib,
  physicalCores: 8,
  platform: "linux",
  pressure: "normal",
  oomKills: 0,
};

function hosted(count: number, over: Partial<HostedWorker> = {}): HostedWorker[] {
  const worker = { type: "command", expectedMemory: gib, memory: gib, ...over };
  return Array.from({ length: count }, () => worker);
}

type Over = Partial<Omit<AdmissionFacts, "machine" | "wanted">> & {
  readonly machine?: Partial<MachineFacts>;
  readonly wanted?: Partial<AdmissionFacts["wanted"]>;
};

function facts(over: Over = {}): AdmissionFacts {
  return {
    workers: [],
    limits: defaultAdmissionLimits,
    force: false,
    ...over,
    machine: { ...machine, ...over.machine },
    wanted: { type: "command", expectedMemory: gib, byHand: false, ...over.wanted },
  };
}

describe("judgeAdmission", () => {
  it.each([
    ["2 GiB on a small machine", { memoryTotal: 8 * gib }, 2 * gib],
    ["a tenth of a big one", { memoryTotal: 100 * gib }, 10 * gib],
    ["1 GiB more on Windows", { memoryTotal: 8 * gib, platform: "win32" as const }, 3 * gib],
  ])("keeps a guard of %s", (_, over, guard) => {
    expect(judgeAdmission(facts({ machine: over })).room.guard).toBe(guard);
  });

  it("counts the slots that available memory leaves beyond guard and reservations", () => {
    const workers = hosted(2, { expectedMemory: 4 * gib, memory: gib });

    const { room } = judgeAdmission(facts({ workers, wanted: { expectedMemory: 2 * gib } }));

    expect(room).toMatchObject({
      guard: 2 * gib,
      reserved: 6 * gib,
      free: 4 * gib,
      slots: 2,
      live: 2,
      admissible: 4,
    });
  });

  it("reserves nothing more for a worker that uses more than was expected", () => {
    const { room } = judgeAdmission(facts({ workers: hosted(1, { memory: 3 * gib }) }));

    expect(room.reserved).toBe(0);
  });

  it.each(["warning", "critical"] as const)("halves what is left under %s pressure", (pressure) => {
    const { room } = judgeAdmission(facts({ machine: { pressure } }));

    expect(room.free).toBe(5 * gib);
  });

  it("refuses for memory with all its numbers", () => {
    const verdict = judgeAdmission(
      facts({
        machine: { memoryAvailable: 9 * gib },
        workers: hosted(1, { expectedMemory: 2 * gib, memory: gib }),
        wanted: { expectedMemory: 8 * gib },
        wayPast: "use force",
      }),
    );

    expect(verdict).toMatchObject({
      kind: "refused",
      limit: "memory",
      message:
        "no further command worker: it is expected to need 8.0 GiB at its peak and 6.0 GiB are free (9.0 GiB available, less 2.0 GiB kept for the system and 1.0 GiB reserved by 1 live workers); free some memory, lower what is expected, or use force",
    });
  });

  it("refuses for the processor when each core has its worker", () => {
    const verdict = judgeAdmission(facts({ workers: hosted(8) }));

    expect(verdict).toMatchObject({ kind: "refused", limit: "cpu" });
    expect(verdict.kind === "refused" && verdict.message).toContain("8 physical cores");
  });

  it.each([
    ["memory", { machine: { memoryAvailable: 0 } }],
    ["cpu", { workers: hosted(8) }],
    ["cap", { workers: hosted(4), wanted: { byHand: true } }],
  ])("names a way past %s where there is one, and none where there is none", (limit, short) => {
    const open = judgeAdmission(facts({ ...short, wayPast: "use --force" }));
    const closed = judgeAdmission(facts(short));

    expect(open).toMatchObject({ limit, message: expect.stringMatching(/[,;r] use --force$/) });
    expect(closed).toMatchObject({ limit, message: expect.not.stringContaining("force") });
  });

  it("lets the number of cores be set", () => {
    const limits = { ...defaultAdmissionLimits, cores: 9 };

    expect(judgeAdmission(facts({ workers: hosted(8), limits })).kind).toBe("admitted");
  });

  it("lets a type have its first worker on a host whose cores are all taken", () => {
    const workers = hosted(8, { type: "notebook" });

    expect(judgeAdmission(facts({ workers })).kind).toBe("admitted");
  });

  it("caps workers added by hand", () => {
    const verdict = judgeAdmission(facts({ workers: hosted(4), wanted: { byHand: true } }));

    expect(verdict).toMatchObject({ kind: "refused", limit: "cap", room: { admissible: 4 } });
  });

  it("does not cap configured counts", () => {
    expect(judgeAdmission(facts({ workers: hosted(4) })).kind).toBe("admitted");
  });

  it("lets a small first worker in although the guard is not free", () => {
    const small = { expectedMemory: gib / 4 };

    const verdict = judgeAdmission(facts({ machine: { memoryAvailable: gib }, wanted: small }));

    expect(verdict.kind).toBe("admitted");
  });

  it("refuses a small first worker that does not fit at all", () => {
    const verdict = judgeAdmission(
      facts({ machine: { memoryAvailable: gib / 8 }, wanted: { expectedMemory: gib / 4 } }),
    );

    expect(verdict).toMatchObject({ kind: "refused", limit: "memory" });
  });

  it("refuses a second small worker that would eat into the guard", () => {
    const verdict = judgeAdmission(
      facts({
        machine: { memoryAvailable: gib },
        workers: hosted(1),
        wanted: { expectedMemory: gib / 4 },
      }),
    );

    expect(verdict).toMatchObject({ kind: "refused", limit: "memory" });
  });

  it.each([
    ["memory", facts({ force: true, machine: { memoryAvailable: 0 } })],
    ["processor", facts({ force: true, workers: hosted(8) })],
    ["cap", facts({ force: true, workers: hosted(4), wanted: { byHand: true } })],
  ])("goes past %s when forced", (_, forced) => {
    expect(judgeAdmission(forced).kind).toBe("admitted");
  });

  it("never goes past the ceiling", () => {
    const limits = { ...defaultAdmissionLimits, ceiling: 3 };

    const verdict = judgeAdmission(facts({ force: true, workers: hosted(3), limits }));

    expect(verdict).toMatchObject({ kind: "refused", limit: "ceiling" });
  });

  it("never admits beyond what it calls admissible, unless it is a first worker or forced", () => {
    const bytes = fc.integer({ min: 0, max: 64 }).map((gibs) => gibs * gib);
    fc.assert(
      fc.property(
        bytes,
        bytes,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 16 }),
        fc.boolean(),
        (memoryAvailable, expectedMemory, live, physicalCores, byHand) => {
          const verdict = judgeAdmission(
            facts({
              machine: { memoryAvailable, physicalCores },
              workers: hosted(live),
              wanted: { expectedMemory, byHand },
            }),
          );

          expect(verdict.kind === "admitted").toBe(live + 1 <= verdict.room.admissible);
        },
      ),
    );
  });
});
