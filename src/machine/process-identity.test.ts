import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { programAt } from "../../test/support/direct-workers.ts";
import { forbidProcessLeaks } from "../../test/support/process-leaks.ts";
import { until } from "../../test/support/until.ts";
import { identify, isAlive, ownIdentity } from "./process-identity.ts";

forbidProcessLeaks();

describe("the identity of a process", () => {
  it("is the same whenever it is asked for", () => {
    expect(identify(process.pid)).toEqual(ownIdentity());
    expect(isAlive(ownIdentity())).toBe(true);
  });

  it("tells apart two processes with one pid", () => {
    const earlier = { ...ownIdentity(), startedAt: "1" };

    expect(isAlive(earlier)).toBe(false);
  });

  it("is found in spite of brackets, blanks and line ends in the program's name", async () => {
    const rename = `require("fs").writeFileSync("/proc/self/comm", "a) R 1\\n(b"); setInterval(() => {}, 1e6); console.log("ready")`;
    const child = spawn(process.execPath, ["-e", rename], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");

    const identity = identify(Number(child.pid));

    expect(identity?.startedAt).toMatch(/^\d{3,}$/);
  });

  it("is nobody's once the process has ended, though its parent has not taken note", async () => {
    const script = "sleep 0 & echo $!; exec sleep 600";
    const parent = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void parent.kill("SIGKILL"));
    const [line] = await once(parent.stdout, "data");

    await until(() => identify(Number(line)) === undefined);
  });

  it("of another host is neither alive nor gone", () => {
    expect(isAlive({ ...ownIdentity(), host: "elsewhere" })).toBe("unknown");
  });

  it("is not taken for gone when there is no file descriptor left to look", () => {
    const program = programAt("trees/looks-without-descriptors.ts");
    const script = 'ulimit -n 64; exec "$0" "$1"';

    const { stdout } = spawnSync("sh", ["-c", script, process.execPath, program], {
      encoding: "utf8",
    });

    expect(stdout).toBe('"unknown"');
  });
});
