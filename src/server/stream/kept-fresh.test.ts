import { describe, expect, it } from "vitest";
import { KeptFresh } from "./kept-fresh.ts";

/** A clock that moves when it is told to, and something dear that takes its time on it. */
function stage(
  params: {
    readonly takesMs?: number;
    readonly restMs?: number;
    readonly restFactor?: number;
  } = {},
) {
  let at = 1_000;
  let made = 0;
  let fault: Error | undefined;
  let news = 0;
  const { takesMs = 10, restMs = 1_000, ...rest } = params;
  const kept = new KeptFresh({
    clock: { now: () => at, monotonic: () => at },
    restMs,
    ...rest,
    onNews: () => {
      news += 1;
    },
    async make() {
      await Promise.resolve();
      at += takesMs;
      if (fault) throw fault;
      return ++made;
    },
  });
  return {
    kept,
    news: () => news,
    pass: (ms: number) => {
      at += ms;
    },
    breakIt: (error: Error | undefined) => {
      fault = error;
    },
  };
}

/** Resolves once another has told its news, which it owes from now on. */
async function newsOfAnother(): Promise<void> {
  const { kept, news } = stage({ restMs: 20 });
  await kept.get();
  kept.outdate();
  await kept.get();
  await expect.poll(news).toBe(1);
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

  it("is told of anew to who was given what was out of date", async () => {
    const { kept, news } = stage({ restMs: 20 });
    await kept.get();
    kept.outdate();
    expect(await kept.get()).toBe(1);
    expect(news()).toBe(0);

    await expect.poll(news).toBe(1);
  });

  it("is told of anew when a change comes while it is made", async () => {
    const { kept, news } = stage({ restMs: 20 });
    const first = kept.get();
    kept.outdate();
    const second = kept.get();

    expect(await Promise.all([first, second])).toEqual([1, 1]);
    await expect.poll(news).toBe(1);
  });

  it("is not told of while nobody has missed a change", async () => {
    const { kept, news, pass } = stage({ restMs: 20 });
    await kept.get();
    await kept.get();
    kept.outdate();
    pass(20);
    expect(await kept.get()).toBe(2);
    await kept.get();

    await newsOfAnother();
    expect(news()).toBe(0);
  });

  it("is tried again at once when it could not be made", async () => {
    const { kept, breakIt } = stage();
    breakIt(new Error("not now"));
    await expect(kept.get()).rejects.toThrow("not now");

    breakIt(undefined);

    await expect(kept.get()).resolves.toBe(1);
  });
});
