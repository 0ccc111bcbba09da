import { describe, expect, it } from "vitest";
import { AttemptBoard } from "./attempt-board.ts";

describe("a board of attempts", () => {
  it("tells whoever shares its memory when an attempt has begun, and that it is over", () => {
    const board = AttemptBoard.forSlots(2);
    const other = new AttemptBoard(board.memory);
    const attempt = board.nextIn(1);

    expect([other.startOf(attempt), other.isOver(attempt)]).toEqual([undefined, false]);
    board.begin(attempt, 7.5);
    expect([other.startOf(attempt), other.isOver(attempt)]).toEqual([7.5, false]);
    board.end(attempt);
    expect(other.isOver(attempt)).toBe(true);
  });

  it("does not take an attempt for the one before it in the same slot", () => {
    const board = AttemptBoard.forSlots(1);
    const first = board.nextIn(0);
    board.begin(first, 1);
    board.end(first);

    const second = board.nextIn(0);

    expect([board.startOf(second), board.isOver(second)]).toEqual([undefined, false]);
    board.begin(second, 2);
    expect([board.isOver(first), board.isOver(second)]).toEqual([true, false]);
  });

  it("counts on after the largest number", () => {
    const board = AttemptBoard.forSlots(1);
    new Int32Array(board.memory, 8, 1)[0] = 2 ** 31 - 2;
    const last = board.nextIn(0);
    board.begin(last, 1);
    board.end(last);

    const next = board.nextIn(0);

    expect([board.startOf(next), board.isOver(next)]).toEqual([undefined, false]);
    board.begin(next, 2);
    expect([board.isOver(last), board.startOf(next)]).toEqual([true, 2]);
  });

  it("goes on in a slot whose last attempt is told to be over only later", () => {
    const board = AttemptBoard.forSlots(1);
    const first = board.nextIn(0);
    board.begin(first, 1);
    const second = { ...first, serial: first.serial + 1 };
    board.begin(second, 2);
    board.end(second);

    board.end(first);

    expect(board.isOver(second)).toBe(true);
  });

  it("lets an attempt begin or be given back, whoever comes first", () => {
    const board = AttemptBoard.forSlots(2);
    const other = new AttemptBoard(board.memory);
    const begun = board.nextIn(0);
    const givenBack = board.nextIn(1);

    expect([board.begin(begun, 1), other.giveBack(begun)]).toEqual([true, false]);
    expect([other.giveBack(givenBack), board.begin(givenBack, 1)]).toEqual([true, false]);

    expect([board.isOver(begun), board.isOver(givenBack)]).toEqual([false, true]);
    board.end(begun);
    expect([board.begin(board.nextIn(0), 2), board.begin(board.nextIn(1), 2)]).toEqual([
      true,
      true,
    ]);
  });
});
