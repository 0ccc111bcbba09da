import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";
import { PlayedWorker } from "../support/played-worker.ts";

const docs = readFileSync(new URL("../../docs/json-output.md", import.meta.url), "utf8");

it("prints a submitted task like this", async () => {
  const site = new ClxSite();

  const task = await site.json("submit", "thumbnail", '{"path":"a.png"}', "--priority", "3");

  expect(steady(task)).toMatchInlineSnapshot(`
    {
      "after": [],
      "attempt": 0,
      "attempt_limit": 3,
      "cancel_reason": null,
      "cancel_requested_at": null,
      "checkpoint": null,
      "cpu_ms": null,
      "created_at": "<time>",
      "ended_at": null,
      "expected_memory": null,
      "failure": null,
      "id": "<id>",
      "key": null,
      "on_dependency_failure": "skip",
      "payload": {
        "path": "a.png",
      },
      "peak_memory": null,
      "priority": 3,
      "progress": null,
      "queue": "default",
      "result": null,
      "retry": {
        "backoff_ms": 1000,
        "max_attempts": 3,
        "max_backoff_ms": 300000,
        "on": "infrastructure",
      },
      "run_at": null,
      "session_id": null,
      "started_at": null,
      "state": "pending",
      "tags": [],
      "timeout_ms": 172800000,
      "title": null,
      "type": "thumbnail",
      "worker_id": null,
    }
  `);
});

it("prints an attempt, a failure, a log line, a worker and an event like this", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "thumbnail", "1");
  const worker = await PlayedWorker.start(await site.openStore(), { id: "w1", type: "thumbnail" });
  const task = await worker.claim();
  await worker.report(task, { logs: [{ at: 0, stream: "stderr", line: "no such file" }] });
  const failure = { kind: "user_error", message: "a.png is missing" } as const;
  await worker.settle(task, { kind: "failed", failure });

  const shown = await site.json("tasks", "show", id);
  const listed = await site.json<{ workers: object[] }>("workers", "list");

  expect(steady(shown.attempts)).toMatchInlineSnapshot(`
    [
      {
        "cpu_ms": null,
        "ended_at": "<time>",
        "failure": {
          "details": null,
          "exit_code": null,
          "kind": "user_error",
          "log_tail": null,
          "message": "a.png is missing",
          "peak_memory": null,
          "signal": null,
        },
        "number": 1,
        "outcome": "failed",
        "peak_memory": null,
        "started_at": "<time>",
        "worker_id": "w1",
      },
    ]
  `);
  expect(steady(await site.json("tasks", "logs", id))).toMatchInlineSnapshot(`
    {
      "at": "<time>",
      "attempt": 1,
      "cursor": 1,
      "line": "no such file",
      "stream": "stderr",
    }
  `);
  expect(steady(listed.workers[0])).toMatchInlineSnapshot(`
    {
      "activated_at": "<time>",
      "busy_ms": "<ms>",
      "concurrency": 1,
      "config_source": null,
      "container": null,
      "cpu_percent": null,
      "ended_at": null,
      "ending": null,
      "expected_memory": 0,
      "heartbeat_at": "<time>",
      "host": "elsewhere",
      "id": "w1",
      "jobs_processed": 1,
      "leased_until": "<time>",
      "log_path": null,
      "memory": null,
      "memory_limit": null,
      "mode": "direct",
      "parent_pid": null,
      "peak_memory": null,
      "persistent": true,
      "pid": 1,
      "pool": null,
      "processes": null,
      "queue": "default",
      "registered_at": "<time>",
      "session_id": null,
      "state": "idle",
      "task_ids": [],
      "tasks_completed": 0,
      "tasks_failed": 1,
      "type": "thumbnail",
    }
  `);
  expect(steady(await site.json("events", "--tail", "1"))).toMatchInlineSnapshot(`
    {
      "at": "<time>",
      "cursor": 5,
      "data": {
        "attempt": 1,
        "kind": "user_error",
      },
      "message": "a.png is missing",
      "mode": null,
      "session_id": null,
      "task_id": "<id>",
      "type": "task_failed",
      "worker_id": "w1",
      "worker_type": "thumbnail",
    }
  `);
});

it("has a word in the documentation about every key", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "x", "1");
  await PlayedWorker.start(await site.openStore(), { id: "w1", type: "x" });

  const objects = [
    await site.json("tasks", "show", id),
    (await site.json<{ workers: object[] }>("workers", "list")).workers[0] ?? {},
    await site.json("events", "--tail", "1"),
  ];

  const keys = new Set(objects.flatMap((object) => Object.keys(object)));
  expect([...keys].filter((key) => !docs.includes(`\`${key}\``))).toEqual([]);
});

/** Times and ids differ from run to run. */
function steady(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"<time>"')
    .replaceAll(/"(id|task_id)":"[0-9a-z]{20}"/g, '"$1":"<id>"')
    .replaceAll(/"busy_ms":\d+/g, '"busy_ms":"<ms>"');
  return JSON.parse(text);
}
