import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IllegalTransitionError } from "./errors.ts";
import {
  finalTaskStates,
  isFinal,
  nextTaskState,
  openTaskStates,
  type TaskEvent,
  type TaskState,
  taskStates,
  taskTransitions,
} from "./task-state.ts";

const events = Object.keys(taskTransitions) as TaskEvent[];

describe("the states of a task", () => {
  it("change as this matrix says, and in no other way", () => {
    const matrix = taskStates.map((state) => {
      const legal = events.filter((event) => attempt(state, event) !== "refused");
      return [state, ...legal.map((event) => `${event} → ${attempt(state, event)}`)].join(" | ");
    });

    expect(matrix).toMatchInlineSnapshot(`
      [
        "blocked | unblock → pending | skip → cancelled | cancel → cancelled",
        "pending | claim → running | cancel → cancelled",
        "running | complete → completed | fail → failed | requeue → pending | release → pending | cancel → cancelled",
        "completed",
        "failed | revive → pending | reblock → blocked",
        "cancelled | revive → pending | reblock → blocked",
      ]
    `);
  });

  it("are either open or final", () => {
    expect([...openTaskStates, ...finalTaskStates].toSorted()).toEqual([...taskStates].toSorted());
    expect(taskStates.filter(isFinal)).toEqual(finalTaskStates);
  });

  it("that are final are left by nobody but who asks for it", () => {
    const leaving = events.filter((event) => taskTransitions[event].from.some(isFinal));

    expect(leaving).toEqual(["revive", "reblock"]);
  });

  it("are reached from a state before by a legal event, along any walk", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events)), (walk) => {
        let state: TaskState = "pending";
        for (const event of walk) {
          const next = attempt(state, event);
          if (next === "refused") continue;
          expect(taskTransitions[event].from).toContain(state);
          expect(next).toBe(taskTransitions[event].to);
          state = next;
        }
        if (isFinal(state)) expect(openTaskStates).not.toContain(state);
      }),
    );
  });

  it("name state and event when they refuse", () => {
    expect(() => nextTaskState("completed", "claim")).toThrowError(
      expect.objectContaining({
        code: "illegal_transition",
        state: "completed",
        event: "claim",
        message: "cannot claim a task: it is completed",
      }),
    );
  });
});

function attempt(state: TaskState, event: TaskEvent): TaskState | "refused" {
  try {
    return nextTaskState(state, event);
  } catch (error) {
    expect(error).toBeInstanceOf(IllegalTransitionError);
    return "refused";
  }
}
