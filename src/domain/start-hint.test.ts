import { expect, it } from "vitest";
import { builtInTypes } from "../config/schema/worker-types.ts";
import { namesOfOurs, ownTypeHint, startHint } from "./start-hint.ts";

it("speaks of a table in the configuration only for types that may have one of their own", () => {
  expect(ownTypeHint("resize")).toContain("[workers.resize]");
  expect(startHint("notebook", ["command"])).not.toContain("[workers.");
  expect(startHint("notebook", ["command"])).toContain(
    'a module of your own does their tasks: "clx supervise --type notebook --handler FILE"',
  );
});

it("knows the names of ours whose workers come later", () => {
  const later = Object.entries(builtInTypes).filter(([, { comesLater }]) => comesLater);

  expect(namesOfOurs).toEqual(expect.arrayContaining(later.map(([name]) => name)));
});
