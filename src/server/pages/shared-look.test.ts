import { expect, it } from "vitest";
import { SharedLook } from "./shared-look.ts";

it("looks once for all who ask meanwhile, and after each of them has asked", async () => {
  const shared = new SharedLook<number>();
  let state = 0;
  let looks = 0;
  const look = async () => {
    looks++;
    return state;
  };

  const first = shared.get("a", look);
  state = 1;
  const second = shared.get("a", look);
  const other = shared.get("b", look);

  expect(await Promise.all([first, second, other])).toEqual([1, 1, 1]);
  expect(looks).toBe(2);
  state = 2;
  expect(await shared.get("a", look)).toBe(2);
});

it("tells each of them when it fails, and looks again for the next", async () => {
  const shared = new SharedLook<string>();
  const failing = () => Promise.reject(new Error("locked"));

  const both = [shared.get("a", failing), shared.get("a", failing)];

  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual([
    "rejected",
    "rejected",
  ]);
  expect(await shared.get("a", async () => "well")).toBe("well");
});
