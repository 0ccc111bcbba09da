import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { resolvePool } from "../src/config/pool-settings.ts";
import { resolveWorkerPolicy } from "../src/config/worker-policy.ts";
import { configuredPool } from "../src/library/configured-pool.ts";
import { closeAll, makeExecutors } from "../src/library/make-executors.ts";
import { ConfigSite } from "./support/config-site.ts";
import { forbidProcessLeaks } from "./support/process-leaks.ts";
import { SupervisorStage } from "./support/supervisor-stage.ts";

forbidProcessLeaks();

const contract = fileURLToPath(new URL("../src/worker/handler.ts", import.meta.url));

const shrink = `
  import { defineWorker } from ${JSON.stringify(contract)};
  let factor = 1;
  export default defineWorker({
    type: "shrink",
    open({ settings }) { factor = settings.factor; },
    async handle(task) { return task.payload.width / factor; },
  });`;

const double = `
  const { width } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  require("node:fs").writeSync(3, JSON.stringify({ result: 2 * width }) + "\\n");`;

it("does tasks by a module and by a program that a configuration file names", async () => {
  const site = new ConfigSite().write(
    "project",
    `[workers.shrink]
handler = "./shrink.ts"
settings = { factor = 7 }
[workers.double]
command = [${JSON.stringify(process.execPath)}, "./double.cjs"]`,
  );
  writeFileSync(join(site.project, "shrink.ts"), shrink);
  writeFileSync(join(site.project, "double.cjs"), double);
  const config = await site.load();
  const pools = ["shrink", "double"].map((type) =>
    configuredPool(resolvePool(config, type), { persistent: false, cwd: site.project }),
  );
  const stage = await SupervisorStage.open();
  const executors = makeExecutors();
  onTestFinished(() => closeAll(executors));
  const direct = executors.get("direct");
  if (direct === undefined) throw new Error("there is no direct executor");
  const supervisor = stage.supervisor(direct, pools, {
    timing: resolveWorkerPolicy(config).timing,
  });
  await supervisor.start();

  const payload = { width: 21 };
  const ids = [
    await stage.submit({ type: "shrink", payload }),
    await stage.submit({ type: "double", payload }),
  ];
  const done = await Promise.all(
    ids.map((id) => stage.untilTask(id, ({ state }) => state === "completed")),
  );

  expect(done.map(({ result }) => result)).toEqual([3, 42]);
});
