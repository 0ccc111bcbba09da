import { expect, it } from "vitest";
import { widthOf } from "../../src/cli/present/width.ts";
import { render } from "../../src/monitor/render.ts";
import { type Line, widthOfLine } from "../../src/monitor/terminal/line.ts";
import {
  aState,
  aTask,
  aWorker,
  now,
  overview,
  pressed,
  screenOf,
  seen,
  tasks,
  textsOf,
  withStory,
} from "./scene.ts";

const sizes = [
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
];

it.each(sizes)("shows how everything stands on $columns × $rows", (size) => {
  expect(screenOf(aState(size))).toMatchSnapshot();
});

it("shows the workers and the types", () => {
  const workers = pressed(aState(), "tab").state;
  const types = pressed(workers, "tab").state;

  expect(screenOf(workers)).toMatchSnapshot();
  expect(screenOf(types)).toMatchSnapshot();
});

it("shows a task with its log, and a worker with its past", () => {
  const task = withStory(pressed(aState(), "enter").state, tasks.running, 40);
  const worker = pressed(task, "enter").state;
  const [busy] = overview.workers;
  const story = busy && {
    worker: busy.worker,
    tasks: [tasks.running],
    events: [{ type: "worker_ready" as const, at: now, cursor: 7, workerId: busy.worker.id }],
  };
  const told = worker.opened.map((view) =>
    view.kind === "worker" && story ? { ...view, story } : view,
  );

  expect(screenOf(task)).toMatchSnapshot();
  expect(screenOf({ ...worker, opened: told })).toMatchSnapshot();
});

it("shows the help, a question and a filter that is being typed", () => {
  const help = pressed(aState(), "?").state;
  const question = pressed(aState(), "tab", "a").state;
  const filter = pressed(aState(), "/", "f", "a", "i").state;

  expect(screenOf(help)).toMatchSnapshot();
  expect(screenOf(question)).toMatchSnapshot();
  expect(screenOf(filter)).toMatchSnapshot();
});

it("says that it is too small below 60 × 15", () => {
  const narrow = screenOf(aState({ columns: 59, rows: 15 }));
  const low = screenOf(aState({ columns: 60, rows: 14 }));

  expect([narrow, low].map((text) => text.split("\n")[0])).toEqual([
    "59×15 is too small.",
    "60×14 is too small.",
  ]);
});

it("fills every screen exactly, and goes past no edge", () => {
  for (const columns of [60, 61, 79, 80, 99, 100, 120, 200]) {
    for (const rows of [15, 19, 20, 24, 40, 60]) {
      for (const state of [
        aState({ columns, rows }),
        pressed(aState({ columns, rows }), "tab", "a").state,
        withStory(pressed(aState({ columns, rows }), "enter").state, tasks.running, 90),
        pressed(aState({ columns, rows }), "?").state,
      ]) {
        const lines = render(state, { ascii: false });

        expect(lines).toHaveLength(rows);
        expect(Math.max(...lines.map(widthOfLine))).toBeLessThanOrEqual(columns);
      }
    }
  }
});

it("tells each state by a shape and a word, and the chosen row by a sign", () => {
  const lines = screenOf(aState()).split("\n");

  expect(lines.find((line) => line.includes("running "))).toMatch(/^> {2}▶ running/);
  expect(lines.find((line) => line.includes("failed "))).toBeDefined();
  expect(lines.some((line) => line.startsWith("   ✗ failed"))).toBe(true);
  expect(lines.some((line) => line.startsWith("   ◇ blocked"))).toBe(true);
});

it("uses nothing but ASCII when the terminal has nothing else, at the same places", () => {
  const pretty = render(aState(), { ascii: false });
  const plain = render(aState(), { ascii: true });

  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what ASCII is
  expect(textsOf(plain).join("")).toMatch(/^[\u0000-\u007f]*$/);
  expect(plain.map((line: Line) => widthOfLine(line))).toEqual(
    pretty.map((line: Line) => widthOfLine(line)),
  );
});

it("says what is wrong with the database, and how old what it shows is", () => {
  const screen = screenOf(aState(undefined, { now: now + 63_000, trouble: "it is locked" }));

  expect(screen).toContain("✗ the database cannot be read: it is locked");
  expect(screen).toContain("data of 14:05:09 14:06:12");
});

it("says that nothing needs anybody, and what to do about an empty list", () => {
  const calm = {
    ...seen.overview,
    ...{ health: { level: "well" as const, findings: [] }, running: [], runningCount: 0 },
    ...{ waiting: [], waitingCount: 0 },
  };
  const screen = screenOf(aState(undefined, { seen: { overview: calm, ended: [] } }));

  expect(screen).toContain("✓ Nothing needs you.");
  expect(screen).toContain('no tasks yet; "clx submit command -- PROG ARG…" hands one in');
});

it("keeps texts of any kind on one row each", () => {
  const nasty = aTask("nasty", {
    state: "running",
    startedAt: now,
    payload: { argv: ["sh", "-c", "a\nb\r\n\u001b[2J\u001b]0;x\u0007c\td 🎉👩‍👩‍👧‍👦é"] },
  });
  const state = aState(
    { columns: 120, rows: 24 },
    {
      seen: { overview: { ...overview, running: [nasty] }, ended: [] },
    },
  );

  const text = screenOf(state);

  expect(text.split("\n")).toHaveLength(24);
  expect(Math.max(...text.split("\n").map(widthOf))).toBeLessThanOrEqual(120);
});

it("tells no time of a task that was taken and has not begun, and sorts it as the youngest", () => {
  const size = { columns: 120, rows: 40 };
  const { startedAt: _, ...begun } = tasks.running;
  const taken = { ...begun, id: "01kk0takenaheadeeeee", createdAt: now - 3_600_000 };
  const running = { overview: { ...overview, running: [taken, tasks.running] }, ended: [] };
  const state = pressed(aState(size, { seen: running }), "s", "s").state;

  const lines = screenOf(state).split("\n");
  const at = (id: string) => lines.findIndex((line) => line.includes(id));
  expect(lines[at(taken.id)]).not.toContain("1h");
  expect(lines[at(tasks.running.id)]).toContain("45s");
  expect(at(tasks.running.id)).toBeLessThan(at(taken.id));
  expect(at(taken.id)).toBeLessThan(at(tasks.pending.id));
});

it("names a few tasks of a worker that has many", () => {
  const taskIds = ["a1", "b2", "c3", "d4", "e5"];
  const worker = aWorker("direct-command-0-1a2b3c4d", { state: "busy", taskIds });
  const busy = { overview: { ...overview, workers: [{ worker, condition: "well" as const }] } };
  const size = { columns: 200, rows: 40 };
  const table = pressed(aState(size, { seen: { ...busy, ended: [] } }), "tab").state;
  const opened = { kind: "worker" as const, id: worker.id, top: 0 };
  const story = { worker, tasks: taskIds.map((id) => aTask(id)), events: [] };
  const page = { ...table, opened: [{ ...opened, story }] };

  expect(screenOf(table)).toContain("a1 b2 c3 + 2 more");
  expect(screenOf(page)).toContain("a1, b2, c3 + 2 more");
  expect(screenOf(page)).not.toContain("d4");
});

it("says of an attempt that was given back before it began that it was", () => {
  const opened = withStory(
    pressed(aState({ columns: 120, rows: 40 }), "enter").state,
    tasks.running,
    3,
  );
  const given = { taskId: tasks.running.id, number: 1, startedAt: now, endedAt: now };
  const story = {
    task: tasks.running,
    attempts: [{ ...given, outcome: "released" as const }],
    log: [],
  };
  const state = {
    ...opened,
    opened: opened.opened.map((view) => (view.kind === "task" ? { ...view, story } : view)),
  };

  expect(screenOf(state)).toContain("attempt 1 released before it began");
});
