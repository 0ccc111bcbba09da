import { describe, expect, it } from "vitest";
import type { LoggedEvent } from "../../domain/event.ts";
import { UsageError } from "../usage-error.ts";
import { Log, type LogParams } from "./log.ts";
import { readLogWishes } from "./log-options.ts";

const at = Date.UTC(2026, 2, 1, 14, 5, 9, 250);
const about = { at, workerId: "direct-command-0-1a2b3c4d", workerType: "command", mode: "direct" };

const started: LoggedEvent = {
  ...{ ...about, cursor: 1, type: "worker_starting" },
  data: { configSource: "file", reason: "its pool wants one more" },
};
const stopped: LoggedEvent = {
  ...{ ...about, cursor: 2, type: "worker_stopped", message: "asked to leave" },
  data: { reason: "asked to leave", tasksCompleted: 3, tasksFailed: 1, uptimeMs: 65_000 },
};
const failed: LoggedEvent = {
  ...about,
  cursor: 3,
  type: "worker_failed",
  message: "it was killed",
};
const taken: LoggedEvent = { at, cursor: 4, type: "task_started", taskId: "01kk0" };
const done: LoggedEvent = { at, cursor: 5, type: "task_completed", taskId: "01kk0" };

function logged(params: Partial<LogParams>, ...events: readonly LoggedEvent[]): string[] {
  const lines: string[] = [];
  const log = new Log({
    ...{ level: "info", format: "pretty", reader: "file", tasks: "debug" },
    write: (line) => lines.push(line),
    ...params,
  });
  for (const event of events) log.event(event);
  return lines;
}

describe("the log", () => {
  it("says of a worker that starts its type, mode, id and source of configuration", () => {
    expect(logged({}, started)).toEqual([
      "2026-03-01T14:05:09.250Z info  worker_starting direct-command-0-1a2b3c4d (command, direct, configuration: file)",
    ]);
    expect(JSON.parse(logged({ format: "json" }, started)[0] ?? "")).toMatchObject({
      ...{ level: "info", at: "2026-03-01T14:05:09.250Z", type: "worker_starting" },
      ...{ worker_id: "direct-command-0-1a2b3c4d", worker_type: "command", mode: "direct" },
      data: { configSource: "file" },
    });
  });

  it("says of a worker that ends its id, why, how many tasks it did and how long it was up", () => {
    expect(logged({}, stopped)).toEqual([
      "2026-03-01T14:05:09.250Z info  worker_stopped direct-command-0-1a2b3c4d: asked to leave (4 tasks processed, up 1m 5s)",
    ]);
    expect(JSON.parse(logged({ format: "json" }, stopped)[0] ?? "")).toMatchObject({
      worker_id: "direct-command-0-1a2b3c4d",
      data: { reason: "asked to leave", tasksCompleted: 3, tasksFailed: 1, uptimeMs: 65_000 },
    });
  });

  it.each([
    ["debug", ["worker_starting", "worker_failed", "task_started", "task_completed"]],
    ["info", ["worker_starting", "worker_failed"]],
    ["warn", ["worker_failed"]],
    ["error", ["worker_failed"]],
  ] as const)("leaves out what is less than %s", (level, types) => {
    const lines = logged({ level, format: "json" }, started, failed, taken, done);

    expect(lines.map((line) => JSON.parse(line).type)).toEqual(types);
  });

  it("tells who looks on of tasks that went well, and marks only what is bad", () => {
    const lines = logged({ reader: "terminal", tasks: "info" }, taken, done, failed);

    expect(lines).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d task_completed 01kk0$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d error worker_failed direct-command-0-1a2b3c4d: /),
    ]);
  });

  it("says plain things with what programs want to know of them", () => {
    const lines: string[] = [];
    const write = (line: string) => lines.push(line);
    const log = new Log({ write, level: "info", format: "json", reader: "file", tasks: "debug" });

    log.say("a worker has left", { worker_id: "w", uptime_ms: 5 });
    log.say("too much detail", { level: "debug" });

    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        ...{ level: "info", at: expect.any(String), message: "a worker has left" },
        ...{ worker_id: "w", uptime_ms: 5 },
      },
    ]);
  });
});

it.each([
  [{}, {}, { level: "info", format: "pretty" }],
  [{}, { verbose: true }, { level: "debug", format: "pretty" }],
  [{}, { json: true }, { level: "debug", format: "json" }],
  [{ "log-level": "warn" }, { verbose: true }, { level: "warn", format: "pretty" }],
  [{ "log-format": "json" }, {}, { level: "info", format: "json" }],
])("takes from %j and %j what is wished for", (values, flags, wishes) => {
  expect(readLogWishes(values, { verbose: false, json: false, ...flags })).toEqual(wishes);
});

it("refuses levels and forms that there are not", () => {
  const flags = { verbose: false, json: false };

  expect(() => readLogWishes({ "log-level": "wran" }, flags)).toThrow(UsageError);
  expect(() => readLogWishes({ "log-level": "wran" }, flags)).toThrow("did you mean warn?");
  expect(() => readLogWishes({ "log-format": "xml" }, flags)).toThrow('--log-format is "xml"');
});
