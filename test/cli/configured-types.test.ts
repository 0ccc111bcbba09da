import { join } from "node:path";
import { expect, it } from "vitest";
import { ConfiguredSite } from "../support/configured-site.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const greeter = '[workers.greet]\nhandler = "./greet.mjs"\n';
const greetModule = `export default {
  type: "greet",
  async handle(task) { return "hello " + task.payload; },
};`;

function greeterSite(more = ""): ConfiguredSite {
  return new ConfiguredSite(greeter + more).write("greet.mjs", greetModule);
}

it("a worker does tasks of a type that the configuration makes", async () => {
  const site = greeterSite();
  const worker = site.start(["worker", "--type", "greet"]);
  await worker.says(/worker \S+ takes greet tasks/m);

  const task = await site.json("submit", "greet", '"you"', "--wait");

  expect(task).toMatchObject({ state: "completed", result: "hello you" });
  await site.stop(worker);
});

it("supervise has an option for the count of such a type, which names the type as well", async () => {
  const site = greeterSite();

  const supervisor = site.start(["supervise", "--greet-workers", "2", "--force"]);
  await supervisor.says(/pool_started/);

  const workers = await site.workers();
  expect(workers).toMatchObject([{ type: "greet" }, { type: "greet" }]);
  expect(workers[0]?.configSource).toContain("count from --greet-workers");
  await site.stop(supervisor);
});

it("the help of supervise shows that option, even when the configuration is wrong", async () => {
  const site = greeterSite("count = 1_000_000\n");

  const { code, stdout } = await site.run(["supervise", "--help"]);

  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}--greet-workers N +start N greet workers$/m);
});

it("an option beats the file, and its wrong value is told with its name", async () => {
  const site = new ConfiguredSite("[workers.command]\ncount = 3\nconcurrency = 3");

  const supervisor = site.start([
    ...["supervise", "--type", "command", "--force", "--count", "1", "--concurrency", "2"],
  ]);
  await supervisor.says(/pool_started/);
  const wrong = await site.run(["supervise", "--command-workers", "many"]);

  expect(await site.workers()).toMatchObject([{ concurrency: 2 }]);
  expect(wrong).toMatchObject({
    code: 2,
    stderr:
      'clx: --command-workers is "many", but must be a whole number from 0 to 128 (clx explain invalid_config)\n',
  });
  await site.stop(supervisor);
});

it.each([
  ["tasks", "list"],
  ["submit", "command", "--", "true"],
  ["supervise", "--type", "command"],
  ["worker", "--type", "command"],
  ["workers", "cleanup"],
])(
  "%s %s tells all that is wrong with the configuration, where it is, and exits with 2",
  async (...args) => {
    const site = new ConfiguredSite("[workers]\nauto_strat = true\nmax_workers = 0\n");
    const path = join(site.folder, ".clx", "config.toml");

    const { code, stdout, stderr } = await site.run(args, { env: { WORKER_COUNT: "x" } });

    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("there are 3 problems in the configuration:\n");
    expect(stderr).toContain('\n  WORKER_COUNT is "x"');
    expect(stderr).toContain(
      `${path}:2:1: unknown key workers.auto_strat; did you mean auto_start?`,
    );
    expect(stderr).toContain(`${path}:3:1: workers.max_workers is 0, but must be`);
  },
);

it.each([
  [["config", "validate"], 1],
  [["config", "locate"], 0],
  [["config", "init", "--location=user"], 0],
])("%j works although a variable is wrong", async (args, expected) => {
  const site = new ConfiguredSite("");

  const { code, stdout } = await site.run(args, { env: { WORKER_MAX_COUNT: "four" } });

  expect(code).toBe(expected);
  expect(stdout).not.toBe("");
});
