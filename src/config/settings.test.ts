import { expect, it } from "vitest";
import { readSettings } from "./settings.ts";

it("has a default for what must have a value", () => {
  expect(readSettings({})).toEqual({
    taskTimeoutMs: 172_800_000,
    startupTimeoutMs: 30_000,
    queue: "default",
    concurrency: 1,
  });
});

it("reads every variable", () => {
  const settings = readSettings({
    DB_PATH: "data/jobs.db",
    WORKER_MAX_COUNT: "8",
    WORKER_TASK_TIMEOUT: "86400",
    WORKER_STARTUP_TIMEOUT: "60",
    WORKER_HEARTBEAT_INTERVAL: "30",
    WORKER_LOG_DIR: "/var/log/workers",
    WORKER_QUEUE_NAME: "heavy",
    QUEUE_CONCURRENCY: "2",
  });

  expect(settings).toEqual({
    dbPath: { name: "DB_PATH", value: "data/jobs.db" },
    maxWorkers: 8,
    taskTimeoutMs: 86_400_000,
    startupTimeoutMs: 60_000,
    heartbeatMs: 30_000,
    logFolder: "/var/log/workers",
    queue: "heavy",
    concurrency: 2,
  });
});

it("prefers CLX_DB_PATH to DB_PATH", () => {
  const { dbPath } = readSettings({ DB_PATH: "a.db", CLX_DB_PATH: "b.db" });

  expect(dbPath).toEqual({ name: "CLX_DB_PATH", value: "b.db" });
});

it("takes an empty variable for one that is not set", () => {
  expect(readSettings({ CLX_DB_PATH: "", WORKER_MAX_COUNT: "" })).toEqual(readSettings({}));
});

it("has no time-out for tasks when it is set to 0", () => {
  expect(readSettings({ WORKER_TASK_TIMEOUT: "0" }).taskTimeoutMs).toBe(0);
});

it.each([
  ["WORKER_MAX_COUNT", "0"],
  ["WORKER_MAX_COUNT", "many"],
  ["WORKER_TASK_TIMEOUT", "48h"],
  ["WORKER_STARTUP_TIMEOUT", "1.5"],
  ["WORKER_HEARTBEAT_INTERVAL", "-1"],
  ["QUEUE_CONCURRENCY", "0"],
])("refuses %s=%s and names both", (name, value) => {
  expect(() => readSettings({ [name]: value })).toThrow(`${name} is "${value}", but must be`);
});
