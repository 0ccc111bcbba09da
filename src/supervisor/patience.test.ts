import { describe, expect, it } from "vitest";
import { ClxError } from "../domain/errors.ts";
import { Patience } from "./patience.ts";

function failing(times: number, code: "store_full" | "store_corrupt") {
  let calls = 0;
  const attempt = async () => {
    if (calls++ < times) throw new ClxError(code, "not now");
    return calls;
  };
  return attempt;
}

describe("Patience", () => {
  it("tries again what may pass", async () => {
    await expect(new Patience(10_000).insist(failing(2, "store_full"))).resolves.toBe(3);
  });

  it("ends", async () => {
    const call = new Patience(30).insist(failing(1_000, "store_full"));

    await expect(call).rejects.toMatchObject({ code: "store_full" });
  });

  it("does not try again what cannot pass", async () => {
    const call = new Patience(10_000).insist(failing(1, "store_corrupt"));

    await expect(call).rejects.toMatchObject({ code: "store_corrupt" });
  });

  it("has a limit when hurried, also for calls that wait already", async () => {
    const patience = new Patience(1_000_000);
    const call = patience.insist(failing(1_000_000, "store_full"));

    patience.hurry(50);

    await expect(call).rejects.toMatchObject({ code: "store_full" });
  });

  it("gives up a store that does not answer when hurried, and asks it nothing more", async () => {
    const patience = new Patience(1_000_000);
    const mute = patience.bound(() => new Promise(() => {}));

    patience.hurry(10);

    await expect(mute).rejects.toMatchObject({ code: "store_busy" });
    expect(patience.lost).toMatchObject({ code: "store_busy" });
    await expect(patience.bound(async () => 1)).rejects.toBe(patience.lost);
  });
});
