import { expect, it } from "vitest";
import { ownTypeHint, startHint, waysToStart } from "./start-hint.ts";

it("speaks of a table in the configuration only for types that may have one of their own", () => {
  expect(ownTypeHint("resize")).toContain("[workers.resize]");
  expect(startHint({ type: "notebook", queue: "default" }, ["command"])).not.toContain("[workers.");
  expect(startHint({ type: "notebook", queue: "default" }, ["command"])).toContain(
    'a module of your own does their tasks: "clx supervise --type notebook --handler FILE"',
  );
});

it("names the queue where tasks are in one of their own, which services do not serve", () => {
  const elsewhere = { type: "command", queue: "slow" };

  expect(startHint(elsewhere)).toBe('"clx supervise --type command --queue slow" starts some');
  expect(waysToStart(elsewhere)).toBe(
    '"clx supervise --type command --queue slow" starts some for as long as it runs',
  );
  expect(waysToStart({ type: "command", queue: "default" })).toBe(
    '"clx start-services --types command" starts workers that stay, "clx supervise --type command" some for as long as it runs',
  );
});
