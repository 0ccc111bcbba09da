import { describe, expect, it } from "vitest";
import { filterOf, filterWords, isFiltered, parseTasksQuery, tasksAddress } from "./tasks-query.ts";

const everything =
  "/tasks?state=failed&type=build&queue=q&worker=w-1&session=s-1&tag=night&age=under-1h&error=exit_code&q=a+%26+b&order=oldest&after=c";

describe("the address of a list of tasks", () => {
  it("has all that the list is asked for, and gives it back", () => {
    const query = parseTasksQuery(new URL(everything, "http://x").searchParams);

    expect(tasksAddress(query)).toBe(everything);
  });

  it("is as if what makes no sense had not been said", () => {
    const query = parseTasksQuery(
      new URLSearchParams("state=exploded&age=7&error=x&order=random&type=%20&other=1"),
    );

    expect(query).toEqual({ order: "newest" });
    expect(tasksAddress(query)).toBe("/tasks");
  });

  it("takes the API's word for the state as well", () => {
    const query = parseTasksQuery(new URLSearchParams("status=failed"));

    expect(tasksAddress(query)).toBe("/tasks?state=failed");
  });

  it("asks the store for the same", () => {
    const query = parseTasksQuery(new URL(everything, "http://x").searchParams);

    expect(filterOf(query, 10_000_000)).toEqual({
      ...{ states: ["failed"], type: "build", queue: "q", workerId: "w-1", sessionId: "s-1" },
      ...{ tag: "night", failureKind: "exit_code", text: "a & b", createdAfter: 6_400_000 },
    });
  });

  it("knows a filter from a state, and says it in words", () => {
    expect(isFiltered({ state: "failed", order: "ended", after: "c" })).toBe(false);
    expect(isFiltered({ type: "build", order: "newest" })).toBe(true);
    expect(filterWords({ state: "failed", age: "over-1d", text: "x", order: "newest" })).toBe(
      "state failed, submitted over a day ago, text “x”",
    );
  });
});
