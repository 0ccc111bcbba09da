import { describe, expect, it } from "vitest";
import { ClxError } from "../domain/errors.ts";
import { patiently } from "./patiently.ts";

function failing(times: number, code: "store_busy" | "store_corrupt") {
  let calls = 0;
  const attempt = async () => {
    if (calls++ < times) throw new ClxError(code, "not now");
    return calls;
  };
  return attempt;
}

describe("patiently", () => {
  it("tries again what may pass", async () => {
    await expect(patiently(10_000, failing(2, "store_busy"))).resolves.toBe(3);
  });

  it("gives up after its patience", async () => {
    const call = patiently(30, failing(1_000, "store_busy"));

    await expect(call).rejects.toMatchObject({ code: "store_busy" });
  });

  it("does not try again what cannot pass", async () => {
    const call = patiently(10_000, failing(1, "store_corrupt"));

    await expect(call).rejects.toMatchObject({ code: "store_corrupt" });
  });
});
