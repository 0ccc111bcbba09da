import { describe, expect, it } from "vitest";
import { until } from "../../test/support/until.ts";
import { SerialLoop } from "./serial-loop.ts";

function openLoop(pass: () => Promise<void>, ringIntervalMs = 0) {
  const errors: unknown[] = [];
  const loop = new SerialLoop({ pass, ringIntervalMs, onError: (error) => errors.push(error) });
  return { loop, errors };
}

describe("SerialLoop", () => {
  it("makes one pass of many kicks", async () => {
    let passes = 0;
    const { loop } = openLoop(async () => void passes++);

    for (let kick = 0; kick < 5; kick++) loop.kick();
    await loop.idle();

    expect(passes).toBe(1);
  });

  it("passes again when kicked during a pass", async () => {
    let passes = 0;
    const { loop } = openLoop(async () => {
      if (passes++ === 0) loop.kick();
    });

    loop.kick();
    await loop.idle();

    expect(passes).toBe(2);
  });

  it("never runs two things at once", async () => {
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    };
    const { loop } = openLoop(work);

    for (let turn = 0; turn < 5; turn++) {
      loop.kick();
      void loop.run(work);
    }
    await loop.idle();

    expect(most).toBe(1);
  });

  it("goes on after a pass that failed, and says so", async () => {
    let passes = 0;
    const { loop, errors } = openLoop(async () => {
      if (passes++ === 0) throw new Error("the store is locked");
    });

    loop.kick();
    await loop.idle();
    loop.kick();
    await loop.idle();

    expect(passes).toBe(2);
    expect(errors).toEqual([new Error("the store is locked")]);
  });

  it("answers many rings with few passes, but the last one surely", async () => {
    let passes = 0;
    let seen = 0;
    let rings = 0;
    const { loop } = openLoop(async () => {
      passes++;
      seen = rings;
    }, 20);

    while (rings < 1_000) {
      rings++;
      loop.ring();
      if (rings % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => seen === 1_000);

    expect(passes).toBeLessThan(10);
  });

  it("begins no pass once stopped, but still runs jobs", async () => {
    let passes = 0;
    const { loop } = openLoop(async () => void passes++);

    loop.kick();
    loop.stop();
    loop.ring();
    const answer = await loop.run(async () => "done");

    expect([passes, answer]).toEqual([0, "done"]);
  });
});
