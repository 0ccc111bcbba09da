import { readFileSync, statSync } from "node:fs";
import { expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { startServices, workersOf } from "../support/services.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

it("keeps its state file and its log to the user alone", async () => {
  const site = new ClxSite();

  const { state_path, log_path } = await startServices(site);

  for (const path of [state_path, log_path]) expect(statSync(path).mode & 0o777).toBe(0o600);
});

it("writes into its log as much as its level says", async () => {
  const site = new ClxSite();
  const { log_path } = await startServices(site, "--log-level", "warn");
  const [victim] = await workersOf(site);

  await site.ok("submit", "command", "--wait", "--", "true");
  process.kill(victim?.pid ?? 0, "SIGKILL");

  const log = () => readFileSync(log_path, "utf8");
  await until(() => log().includes("worker_restart_scheduled"));
  expect(log()).toMatch(
    /^\S+ (error worker_failed|warn {2}worker_restart_scheduled) direct-command-0-/,
  );
  expect(log()).not.toMatch(/worker_ready|task_started/);
});

it("writes its log as JSON when asked to", async () => {
  const site = new ClxSite();

  const { log_path } = await startServices(site, "--log-format", "json");

  await until(() => readFileSync(log_path, "utf8").includes("worker_ready"));
  const lines = readFileSync(log_path, "utf8").trim().split("\n");
  const events = lines.map((line) => JSON.parse(line) as { type?: string });
  expect(events.find(({ type }) => type === "worker_starting")).toMatchObject({
    worker_type: "command",
    mode: "direct",
    data: { configSource: "default" },
  });
});
