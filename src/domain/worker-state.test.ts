import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IllegalTransitionError } from "./errors.ts";
import {
  endedWorkerStates,
  isLive,
  liveWorkerStates,
  nextWorkerState,
  type WorkerEvent,
  type WorkerState,
  workerStates,
  workerTransitions,
} from "./worker-state.ts";

const events = Object.keys(workerTransitions) as WorkerEvent[];

describe("the states of a worker", () => {
  it("change as this matrix says, and in no other way", () => {
    const matrix = workerStates.map((state) => {
      const legal = events.filter((event) => attempt(state, event) !== "refused");
      return [state, ...legal.map((event) => `${event} → ${attempt(state, event)}`)].join(" | ");
    });

    expect(matrix).toMatchInlineSnapshot(`
      [
        "created | activate → idle | drain → draining | leave → dead | fail → failed",
        "idle | take → busy | hang → hung | drain → draining | leave → dead | fail → failed",
        "busy | take → busy | rest → idle | hang → hung | drain → draining | leave → dead | fail → failed",
        "draining | leave → dead | fail → failed",
        "hung | rest → idle | respond → busy | drain → draining | leave → dead | fail → failed",
        "dead",
        "failed",
      ]
    `);
  });

  it("are either live or ended", () => {
    const both = [...liveWorkerStates, ...endedWorkerStates];

    expect(both.toSorted()).toEqual([...workerStates].toSorted());
    expect(workerStates.filter(isLive).toSorted()).toEqual([...liveWorkerStates].toSorted());
  });

  it("that are ended are never left", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...endedWorkerStates),
        fc.constantFrom(...events),
        (state, event) => attempt(state, event) === "refused",
      ),
    );
  });

  it("are all live on any walk until the worker leaves or fails", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events)), (walk) => {
        let state: WorkerState = "created";
        for (const event of walk) {
          const next = attempt(state, event);
          if (next === "refused") continue;
          expect(isLive(next)).toBe(event !== "leave" && event !== "fail");
          state = next;
        }
      }),
    );
  });
});

function attempt(state: WorkerState, event: WorkerEvent): WorkerState | "refused" {
  try {
    return nextWorkerState(state, event);
  } catch (error) {
    expect(error).toBeInstanceOf(IllegalTransitionError);
    return "refused";
  }
}
