import { expect, it, onTestFinished, vi } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { lookBeforeStart } from "../../src/diagnosis/look-before-start.ts";
import { ClxSite } from "../support/clx.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { mountSmallDisk } from "../support/small-disk.ts";

forbidProcessLeaks();

const aToolIsMissing =
  /^warning: render tasks are to be done by no-such-tool, .*\. Install it, put it into PATH, or correct workers\.render\.command\.$/m;

it("a run warns while its workers start that they lack a program, once, with the fix", async () => {
  const site = siteWithoutTool();

  const exec = await site.run(["exec", "render", "{}"]);
  const submit = await site.run(["submit", "render", "{}", "--wait"]);
  const supervise = await site.run(["supervise", "--type", "render", "--until-empty"]);

  expect(exec.stderr.match(new RegExp(aToolIsMissing, "gm"))).toHaveLength(1);
  expect(submit.stderr).toMatch(aToolIsMissing);
  expect(supervise.stderr).toMatch(aToolIsMissing);
});

it("a run as JSON gives what its workers lack as an event on stderr", async () => {
  const site = siteWithoutTool();

  const { stdout, stderr } = await site.run(["exec", "render", "{}", "--json"]);

  const events = stderr.split("\n").filter((line) => line.startsWith("{"));
  expect(events.map((line) => JSON.parse(line))).toEqual([
    {
      ...{ event: "warning", area: "tools", name: "worker_type_render", level: "problem" },
      ...{ message: expect.stringContaining("no-such-tool"), fix: expect.any(String) },
    },
  ]);
  expect(stdout).not.toContain("warning");
});

it("services say when they are started what their workers lack", async () => {
  const site = siteWithoutTool();
  onTestFinished(async () => {
    await site.run(["stop-services", "--force"]);
  });

  const started = await site.json("start-services", "--types", "render");
  const again = await site.json("start-services", "--types", "render");

  expect(started).toMatchObject({ warnings: [{ name: "worker_type_render" }] });
  expect(again).toMatchObject({ status: "already_running", warnings: [] });
});

it("a run does not speak of what only other worker types lack", async () => {
  const site = siteWithoutTool();

  const { stderr } = await site.run(["exec", "--", "true"]);

  expect(stderr).not.toContain("warning");
});

it("a run warns that the disk is nearly full", async ({ skip }) => {
  const site = new ClxSite();
  if (mountSmallDisk(site) === undefined) skip("a small disk cannot be mounted");

  const { code, stderr } = await site.run(["exec", "--", "true"]);

  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^warning: The disk is full, or all but: \S+ MiB of 3\.0 MiB are free .* Make room/m,
  );
});

it("looks before a start for the Docker daemon and for memory, for these pools alone", async () => {
  const site = new ClxSite();
  site.writeConfig(
    '[workers.command]\nexecution_mode = "docker"\nimage = "some/image:1"\n[workers.other]\ncommand = ["nothing-like-it"]\n',
  );
  const config = await loadConfig({ cwd: site.folder, flags: {}, env: {} });
  const expectedMemory = 2 ** 50;
  vi.stubEnv("DOCKER_HOST", "unix:///none.sock");
  onTestFinished(() => void vi.unstubAllEnvs());

  const lacks = await lookBeforeStart({
    ...{ config, databasePath: site.databasePath, logFolder: site.folder },
    pools: [{ type: "command", count: 2, expectedMemory, persistent: false }],
    shipped: ["command"],
    env: {},
    store: { listWorkers: async () => [] },
  });

  expect(lacks).toMatchObject([
    { name: "memory_for_command", level: "problem", fix: expect.any(String) },
    { name: "docker", message: expect.stringContaining("there is no /none.sock") },
  ]);
});

function siteWithoutTool(): ClxSite {
  const site = new ClxSite();
  site.writeConfig('[workers.render]\ncommand = ["no-such-tool"]\n');
  return site;
}
