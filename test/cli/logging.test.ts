import { expect, it } from "vitest";
import { ClxSite } from "../support/clx.ts";

it("a worker in the foreground logs where it comes from and what it did", async () => {
  const site = new ClxSite();
  const worker = site.start(["worker", "--type", "command", "--log-format", "json"]);
  await worker.says(/ takes command tasks /);
  await site.ok("submit", "command", "--wait", "--", "true");
  worker.kill("SIGINT");

  const { code, stdout, stderr } = await worker.end;
  const lines = stderr.trim().split("\n");
  const [first, ...others] = lines.map((line) => JSON.parse(line));
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(first).toMatchObject({
    ...{ level: "info", worker_type: "command", mode: "standalone", config_source: "default" },
    worker_id: expect.stringMatching(/^standalone-command-0-/),
  });
  expect(others.at(-1)).toMatchObject({
    ...{ level: "info", worker_id: first.worker_id, tasks_processed: 1 },
    ...{ reason: expect.stringContaining("SIGINT"), uptime_ms: expect.any(Number) },
  });
});

it("a supervisor tells no less than it is asked for", async () => {
  const site = new ClxSite();
  await site.ok("submit", "command", "--", "false");
  const supervise = ["supervise", "--type", "command", "--until-empty"];

  const warnings = await site.run([...supervise, "--log-level", "warn", "--log-format", "json"]);
  await site.ok("submit", "command", "--", "true");
  const all = await site.run([...supervise, "--verbose"]);

  expect(
    warnings.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toMatchObject([{ level: "warn", type: "task_failed" }]);
  expect(all.stdout).toMatch(/^\S+ worker_registered .*(.*\n)*\S+ task_started /m);
  expect(all.stdout).toMatch(/worker_starting \S+: .*\(command, direct, configuration: default\)/);
});

it.each([
  [["supervise", "--type", "command", "--log-level", "loud"], '--log-level is "loud"'],
  [["worker", "--type", "command", "--log-format", "xml"], '--log-format is "xml"'],
])("refuses %j", async (args, message) => {
  const { code, stderr } = await new ClxSite().run(args);

  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
