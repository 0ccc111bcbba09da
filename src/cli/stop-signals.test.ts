import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

const module = new URL("./stop-signals.ts", import.meta.url).href;

/** Told to stop once, it closes what listened; `rest` comes after that. */
function endOf(rest: string) {
  const program = `
    import { onStopSignal } from ${JSON.stringify(module)};
    const awake = setInterval(() => {}, 1_000);
    const told = Promise.withResolvers();
    const stop = onStopSignal(told.resolve);
    process.kill(process.pid, "SIGTERM");
    await told.promise;
    stop.close();
    ${rest}`;
  const args = ["--input-type=module", "--eval", program];
  const { status, signal, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { status, signal, stderr };
}

it("who was told to stop ends as it would, though it is told again in its last moments", () => {
  const ended = endOf(
    'process.kill(process.pid, "SIGINT"); process.exitCode = 7; clearInterval(awake);',
  );

  expect(ended).toMatchObject({ status: 7, signal: null });
});

it("who does not come to its end is ended by the fourth time", () => {
  const ended = endOf('setInterval(() => process.kill(process.pid, "SIGINT"), 20);');

  expect(ended).toMatchObject({ status: 130, signal: null });
});
