import { expect, it } from "vitest";
import { tableRow } from "./table.ts";

const columns = [{ head: "Name" }, { head: "Why" }, { head: "Memory" }, { head: "Restarts" }];

it("a wide cell takes the room of those after it, and the next stands under its own head", () => {
  const model = { id: "t", caption: "T", columns, rows: [] };
  const cells = ["worker-0", "no room", "3"];

  const row = String(tableRow({ id: "r", cells, wide: { at: 1, columns: 2 } }, model));

  expect(row).toContain('<td data-label="Why" colspan="2">no room</td>');
  expect(row).toContain('<td data-label="Restarts">3</td>');
});
