import { describe, expect, it } from "vitest";
import { type AttemptNote, cutOffBefore, spentBefore } from "./earlier-attempt.ts";

const spent = { turns: 3, wallMs: 1, outputBytes: 1 };
const cutOff = { cause: "overloaded", costUsd: 0, knowsItsTask: true } as const;

const noteOf = (attempt: number, attemptLimit: number, wasReleased?: boolean): AttemptNote => ({
  ...{ attempt, attemptLimit, startedAt: 0, folder: "/", sessionId: "s", spent, cutOff },
  ...(wasReleased !== undefined && { wasReleased }),
});

describe("what an earlier attempt has used", () => {
  it.each<[string, AttemptNote, { attempt: number; attemptLimit: number }]>([
    ["it failed", noteOf(1, 3, false), { attempt: 2, attemptLimit: 3 }],
    ["it was given back", noteOf(1, 3, true), { attempt: 2, attemptLimit: 4 }],
    ["its worker died", noteOf(1, 3), { attempt: 2, attemptLimit: 3 }],
    ["its worker was ended, and it given back", noteOf(1, 3), { attempt: 2, attemptLimit: 4 }],
    ["the next one left no note", noteOf(1, 3, false), { attempt: 3, attemptLimit: 3 }],
  ])("counts for the next when %s", (_, note, turn) => {
    expect(spentBefore(note, turn)).toBe(spent);
  });

  it.each<[string, AttemptNote, { attempt: number; attemptLimit: number }]>([
    ["the last one failed", noteOf(3, 3, false), { attempt: 4, attemptLimit: 6 }],
    ["the only one failed", noteOf(1, 1, false), { attempt: 2, attemptLimit: 2 }],
    ["the worker of the only one died", noteOf(1, 1), { attempt: 2, attemptLimit: 2 }],
    ["the last one left no note", noteOf(1, 2, false), { attempt: 3, attemptLimit: 4 }],
  ])("does not count for a retry that somebody has asked for: %s", (_, note, turn) => {
    expect(spentBefore(note, turn)).toMatchObject({ turns: 0 });
    expect(cutOffBefore(note, turn)).toBeUndefined();
  });
});

it("a conversation goes on in the very next attempt alone", () => {
  const note = noteOf(1, 3, false);

  expect(cutOffBefore(note, { attempt: 2, attemptLimit: 3 })).toBe(cutOff);
  expect(cutOffBefore(note, { attempt: 3, attemptLimit: 3 })).toBeUndefined();
});
