import { describe, expect, it } from "vitest";
import { KeptFresh } from "./kept-fresh.ts";

/** A clock that moves when it is told to, and something dear that takes its time on it. */
function stage(params: { readonly takesMs?: number; readonly restFactor?: number } = {}) {
  let at = 1_000;
  let made = 0;
  let fault: Error | undefined;
  const { takesMs = 10, ...rest } = params;
  const kept = new KeptFresh({
    clock: { now: () => at, monotonic: () => at },
    restMs: 1_000,
    ...rest,
    async make() {
      await Promise.resolve();
      at += takesMs;
      if (fault) throw fault;
      return ++made;
    },
  });
  return {
    kept,
    pass: (ms: number) => {
      at += ms;
    },
    breakIt: (error: Error | undefined) => {
      fault = error;
    },
  };
}

describe("something dear", () => {
  it("is made once for all who ask meanwhile", async () => {
    const { kept } = stage();

    const all = await Promise.all([kept.get(), kept.get(), kept.get()]);

    expect(all).toEqual([1, 1, 1]);
  });

  it("is made again only after its rest", async () => {
    const { kept, pass } = stage();
    await kept.get();

    pass(999);
    const early = await kept.get();
    pass(1);
    const late = await kept.get();

    expect([early, late]).toEqual([1, 2]);
  });

  it("rests longer the longer it takes", async () => {
    const { kept, pass } = stage({ takesMs: 500, restFactor: 100 });
    await kept.get();

    pass(49_999);
    const early = await kept.get();
    pass(1);
    const late = await kept.get();

    expect([early, late]).toEqual([1, 2]);
  });

  it("is tried again at once when it could not be made", async () => {
    const { kept, breakIt } = stage();
    breakIt(new Error("not now"));
    await expect(kept.get()).rejects.toThrow("not now");

    breakIt(undefined);

    await expect(kept.get()).resolves.toBe(1);
  });
});
