import { describe, expect, it } from "vitest";
import { keepInSight } from "../../src/monitor/in-sight.ts";
import { selectedRow } from "../../src/monitor/rows.ts";
import { aState, aTask, overview, pressed, screenOf, seen, tasks, withStory } from "./scene.ts";

const many = Array.from({ length: 60 }, (_, at) =>
  aTask(`task-${String(at).padStart(2, "0")}`, { state: "running" }),
);
const crowded = { overview: { ...overview, running: many, runningCount: 60 }, ended: [] };

describe("the list", () => {
  it("moves by arrows as by letters, and not past its ends", () => {
    const byArrows = pressed(aState(), "down", "down", "up").state;
    const byLetters = pressed(aState(), "j", "j", "k").state;
    const toTheEnd = pressed(aState(), "G", "j").state;

    expect(byArrows).toEqual(byLetters);
    expect(selectedRow(byArrows)?.id).toBe(tasks.pending.id);
    expect(selectedRow(toTheEnd)?.id).toBe(tasks.completed.id);
    expect(selectedRow(pressed(toTheEnd, "home", "up").state)?.id).toBe(tasks.running.id);
  });

  it("stays at its top, whatever comes, until somebody moves, and again after escape", () => {
    const running = [aTask("new", { state: "running" }), ...overview.running];
    const news = { ...seen, overview: { ...overview, running } };

    const untouched = keepInSight({ ...aState(), seen: news });
    const moved = pressed(aState(), "down").state;
    const back = keepInSight({ ...pressed(moved, "escape").state, seen: news });

    expect([untouched, back].map((state) => selectedRow(state)?.id)).toEqual(["new", "new"]);
  });

  it("keeps the chosen task chosen, wherever it goes", () => {
    const before = pressed(aState(), "down").state;
    const started = { ...tasks.pending, state: "completed" as const };

    const after = keepInSight({
      ...before,
      seen: { overview: { ...overview, waiting: [] }, ended: [tasks.failed, started] },
    });

    expect(selectedRow(after)?.id).toBe(tasks.pending.id);
  });

  it("chooses the neighbour of a task that is gone", () => {
    const before = pressed(aState(), "down").state;

    const after = keepInSight({
      ...before,
      seen: { ...seen, overview: { ...overview, waiting: overview.waiting.slice(1) } },
    });

    expect(selectedRow(after)?.id).toBe(tasks.blocked.id);
  });

  it("keeps the chosen row in sight through scrolling, new rows and a new size", () => {
    const far = pressed(aState(undefined, { seen: crowded }), ...Array(30).fill("down")).state;
    const grown = keepInSight({
      ...far,
      seen: { ...crowded, overview: { ...crowded.overview, running: [aTask("new"), ...many] } },
    });
    const small = keepInSight({ ...grown, size: { columns: 60, rows: 15 } });

    for (const state of [far, grown, small]) {
      expect(selectedRow(state)?.id).toBe("task-30");
      expect(screenOf(state)).toMatch(/^> .*ta.*30/m);
    }
    expect(grown.lists.tasks.top).toBe(far.lists.tasks.top + 1);
  });

  it("filters while one types, and gives all back on escape", () => {
    const typing = pressed(aState(), "/", "x", "backspace", "F", "a", "i", "l").state;
    const kept = pressed(typing, "enter").state;
    const dropped = pressed(typing, "escape").state;
    const cleared = pressed(kept, "escape").state;

    expect(screenOf(kept)).toContain('filter "Fail": 1');
    expect(selectedRow(kept)?.id).toBe(tasks.failed.id);
    expect([dropped, cleared].map(({ lists }) => lists.tasks.filter)).toEqual(["", ""]);
  });

  it("sorts in other ways, and keeps the chosen one", () => {
    const sorted = pressed(aState(), "down", "s").state;

    expect(screenOf(sorted)).toContain("by newest");
    expect(selectedRow(sorted)?.id).toBe(tasks.pending.id);
    expect(pressed(sorted, "s", "s", "s").state.lists.tasks.sortedBy).toBe(0);
  });

  it("opens the tasks of a type", () => {
    const { state } = pressed(aState(), "tab", "tab", "enter");

    expect(state).toMatchObject({ pane: "tasks", lists: { tasks: { filter: "command" } } });
  });
});

describe("an action", () => {
  it("that ends something asks, and takes nothing but y for a yes", () => {
    const asked = pressed(aState(), "c");

    expect(asked.wish).toBeUndefined();
    expect(screenOf(asked.state)).toContain(`cancel task ${tasks.running.id}?`);
    for (const key of ["enter", "escape", "n", " ", "c", "paste", "q"]) {
      expect(pressed(asked.state, key).wish).toBeUndefined();
    }
    expect(pressed(asked.state, "y").wish).toEqual({
      kind: "act",
      act: { action: "cancel", ids: [tasks.running.id] },
    });
  });

  it("names the worker and the task that an abort costs", () => {
    const { state } = pressed(aState(), "tab", "a");

    expect(screenOf(state)).toContain(
      `abort worker direct-command-0-1a2b3c4d now; task ${tasks.running.id} fails?`,
    );
  });

  it("is for all marked rows that it fits, and says how many others are left out", () => {
    const marked = pressed(aState(), " ", " ", " ", " ", "c");

    expect(screenOf(marked.state)).toContain("cancel 3 tasks (1 other marked left out)?");
    const done = pressed(marked.state, "y");
    expect(done.wish).toMatchObject({
      act: { ids: [tasks.running.id, tasks.pending.id, tasks.blocked.id] },
    });
    expect(done.state.lists.tasks.marked.size).toBe(0);
  });

  it("is done at once when it is mild: one retry", () => {
    const { wish } = pressed(aState(), "/", "f", "a", "i", "l", "enter", "r");

    expect(wish).toEqual({ kind: "act", act: { action: "retry", ids: [tasks.failed.id] } });
  });

  it("says why it does nothing", () => {
    const message = (...keys: string[]) => pressed(aState(), ...keys).state.message;

    expect(message("r")).toBe(`${tasks.running.id} is running: there is nothing to retry`);
    expect(message("d")).toBe("drain is for workers; tab goes to the workers");
    expect(message("G", " ", "up", " ", "c")).toBe("none of the 2 marked tasks is one to cancel");
  });

  it("is refused by a monitor that only looks", () => {
    const state = aState(undefined, { readOnly: true });

    const told = ["c", "r"].map((key) => pressed(state, key));
    const toldOfWorkers = ["d", "a"].map((key) => pressed(state, "tab", key));

    for (const { state: after, wish } of [...told, ...toldOfWorkers]) {
      expect(after.message).toBe("this monitor only looks (--read-only)");
      expect(after.prompt).toBeUndefined();
      expect(wish).toBeUndefined();
    }
  });
});

describe("the log of a task", () => {
  const open = () => withStory(pressed(aState(), "l").state, tasks.running, 100);

  it("follows its end until one scrolls up, and again from the end on", () => {
    const following = open();
    const above = pressed(following, "up").state;
    const grown = withStory(above, tasks.running, 150);
    const below = pressed(grown, "end").state;

    expect(screenOf(following)).toContain("line 100 of the log");
    expect(screenOf(above)).not.toContain("line 100 of the log");
    expect(screenOf(above)).toContain("not following");
    expect(screenOf(grown)).toContain("line 99 of the log");
    expect(screenOf(grown)).not.toContain("line 100 of the log");
    expect(screenOf(below)).toContain("line 150 of the log");
  });

  it("stays at its first line on home", () => {
    const top = pressed(open(), "g", "up").state;

    expect(screenOf(top)).toContain("line 1 of the log");
  });

  it("has all of the screen, or leaves room for the facts", () => {
    const full = open();
    const shared = pressed(full, "l").state;

    expect(screenOf(full)).not.toContain("submitted");
    expect(screenOf(shared)).toContain("submitted");
  });

  it("can be had as plain text", () => {
    expect(pressed(open(), "o").wish).toEqual({ kind: "plain_log", taskId: tasks.running.id });
  });
});

it("goes back the way it came", () => {
  const deep = pressed(
    withStory(pressed(aState(), "enter").state, tasks.running, 3),
    "enter",
  ).state;

  expect(deep.opened.map(({ kind }) => kind)).toEqual(["task", "worker"]);
  expect(pressed(deep, "escape").state.opened.map(({ kind }) => kind)).toEqual(["task"]);
  expect(pressed(deep, "h", "left").state.opened).toEqual([]);
});

it("quits on q, and on Ctrl-C as an interruption", () => {
  expect(pressed(aState(), "q").wish).toEqual({ kind: "quit", exitCode: 0 });
  expect(pressed(aState(), "ctrl-c").wish).toEqual({ kind: "quit", exitCode: 130 });
  expect(pressed(aState(), "/", "q").wish).toBeUndefined();
  expect(pressed(aState(), "/", "ctrl-c").wish).toEqual({ kind: "quit", exitCode: 130 });
});
