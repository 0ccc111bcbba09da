import { describe, expect, it } from "vitest";
import { ClxError } from "../domain/errors.ts";
import { Patience } from "./patience.ts";

const busy = () => new ClxError("store_busy", "locked");

describe("patience", () => {
  it("tries again while the reason may pass, and tells how long it has waited", async () => {
    const waits: number[] = [];

    const answer = await new Patience(10_000).insist(async (waitedMs) => {
      waits.push(waitedMs);
      if (waits.length < 4) throw busy();
      return "there";
    });

    expect(answer).toBe("there");
    expect(waits).toHaveLength(4);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits[0]).toBe(0);
  });

  it("answers at once what will not pass", async () => {
    let tries = 0;

    const answer = new Patience(10_000).insist(async () => {
      tries++;
      throw new ClxError("task_not_found", "no such task");
    });

    await expect(answer).rejects.toMatchObject({ code: "task_not_found" });
    expect(tries).toBe(1);
  });

  it("comes to an end", async () => {
    const answer = new Patience(50).insist(async () => {
      throw busy();
    });

    await expect(answer).rejects.toMatchObject({ code: "store_busy" });
  });

  it("is cut short for calls under way and for later ones", async () => {
    const patience = new Patience(60_000);
    const stuck = new Promise<never>(() => {});
    const locked = async () => {
      throw busy();
    };
    const answers = [patience.insist(locked), patience.insist(() => stuck)];

    patience.hurry(20);
    answers.push(patience.insist(locked));

    const settled = await Promise.allSettled(answers);
    expect(settled).toMatchObject(
      settled.map(() => ({ status: "rejected", reason: { code: "store_busy" } })),
    );
    await expect(patience.insist(async () => "there")).resolves.toBe("there");
    patience.close();
  });

  it("ends with its link", async () => {
    const patience = new Patience(60_000);
    const answer = patience.insist(async () => {
      throw busy();
    });

    patience.close();

    await expect(answer).rejects.toMatchObject({ code: "store_closed" });
  });
});
