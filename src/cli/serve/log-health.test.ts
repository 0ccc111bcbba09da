import { expect, it, onTestFinished } from "vitest";
import { openSqliteSite } from "../../../test/support/store-site.ts";
import { until } from "../../../test/support/until.ts";
import { newId } from "../../domain/ids.ts";
import { defaultRetry } from "../../domain/task.ts";
import { Log } from "../logging/log.ts";
import { logHealth } from "./log-health.ts";

it("tells how queue and workers stand once there is something to do, and nothing before", async () => {
  const { store, close } = await openSqliteSite();
  const lines: string[] = [];
  const log = new Log({
    write: (line) => void lines.push(line),
    ...{ level: "info", format: "pretty", reader: "terminal", tasks: "info" },
  });
  const looks: number[] = [];
  const places = async () => {
    looks.push(lines.length);
    return [];
  };
  const timer = logHealth({ store, log, workforce: { places }, everyMs: 5 });
  onTestFinished(async () => {
    clearInterval(timer);
    await close();
  });

  const task = { id: newId(Date.now()), type: "command", queue: "default", payload: {} };
  const now = Date.now();
  await store.submit({
    tasks: [{ ...task, priority: 0, retry: defaultRetry, after: [], onDependencyFailure: "skip" }],
    now,
  });
  await until(() => lines.length > 0);

  expect(looks[0]).toBe(0);
  expect(lines[0]).toMatch(/\[Worker\] Health check healthy=true pending=1 running=0$/);
});
