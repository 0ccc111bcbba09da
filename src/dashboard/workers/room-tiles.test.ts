import { describe, expect, it } from "vitest";
import { roomTiles } from "./room-tiles.ts";
import type { AddableType, WorkersModel } from "./workers-model.ts";

describe("the room for workers", () => {
  it("is told together for types for which it is the same, apart from what is refused", () => {
    const page = tilesOf([
      { type: "agent", room: 3, admissible: 4 },
      { type: "command", room: 3, admissible: 4 },
      { type: "notebook", room: 1, admissible: 2 },
      { type: "simulation", room: 0, admissible: 1, refusal: "no further simulation worker" },
    ]);

    const told = [...page.matchAll(/<p class="room[^"]*">([^<]*)</g)].map(([, words]) => words);

    expect(told).toEqual([
      "Room for 3 more agent or command workers",
      "Room for 1 more notebook worker",
      expect.stringMatching(/^No further simulation worker/),
    ]);
  });
});

function tilesOf(types: readonly AddableType[]): string {
  const memory = { total: 16e9, available: 8e9, guard: 2e9, used: 1e9, reserved: 0 };
  const model = { types, workers: [], memory: { ...memory, pressure: "normal", physicalCores: 4 } };
  const queue = { pending: 0, running: 0 };
  return String(roomTiles({ ...model, queue } as unknown as WorkersModel));
}
