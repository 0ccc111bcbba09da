import { expect, it } from "vitest";
import { type TaskCells, taskColumns, taskRowOf } from "./task-cells.ts";

it("puts each cell of a task's row under the name of its column", () => {
  const names = taskColumns.split(", ");

  const row = taskRowOf(names as unknown as TaskCells);

  expect(row).toEqual(Object.fromEntries(names.map((name) => [name, name])));
});
