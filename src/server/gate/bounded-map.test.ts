import { expect, it } from "vitest";
import { BoundedMap } from "./bounded-map.ts";

it("keeps no more than its limit: what was set last", () => {
  const map = new BoundedMap<number>(2);

  for (const [at, name] of ["a", "b", "a", "c"].entries()) map.set(name, at);

  expect([map.size, map.get("a"), map.get("b"), map.get("c")]).toEqual([2, 2, undefined, 3]);
});
