import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, watch } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const simulation = fileURLToPath(new URL("../examples/simulation/simulate.js", import.meta.url));
const started: ChildProcess[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clx-simulation-"));
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

describe("the simulation", () => {
  it("gives the same result, bit by bit, however often it is killed", async () => {
    const whole = await finish(simulate());

    const kills = [1, 2, 3, 5, 8];
    for (const event of kills) await killAtEvent(event);
    const pieced = await finish(simulate("--checkpoints", folder));

    expect(pieced.resumedFrom).toBeGreaterThan(0);
    expect(pieced.checksum).toBe(whole.checksum);
    expect(pieced.steps).toBe(whole.steps);
  });

  it("neither makes nor loses mass", async () => {
    expect((await finish(simulate())).massError).toBeLessThan(1e-12);
  });

  it("refuses a damaged checkpoint", async () => {
    await killAtEvent(6);
    const path = join(folder, "fields");
    const bytes = await readFile(path);
    bytes[bytes.length - 9] = (bytes.at(-9) ?? 0) ^ 1;
    await writeFile(path, bytes);

    const child = simulate("--checkpoints", folder);

    expect(await text(child.stderr)).toContain("is damaged");
  });

  it("writes an image of its field", async () => {
    const path = join(folder, "field.png");

    await finish(simulate("--image", path));

    expect((await readFile(path)).subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  });
});

function simulate(...more: string[]) {
  const args = ["--size", "96", "--steps", "2000", "--checkpoint-every", "20", ...more];
  const child = spawn(process.execPath, [simulation, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  return child;
}

async function finish(child: ReturnType<typeof simulate>): Promise<Record<string, unknown>> {
  const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const last = output.trim().split("\n").at(-1) ?? "";
  if (!last.includes("result")) throw new Error(`it ended without a result: ${complaint}`);
  return JSON.parse(last).result;
}

/** Kills it when so much has happened in its checkpoint folder: while it writes one, or just after. */
async function killAtEvent(count: number): Promise<void> {
  const watcher = watch(folder);
  const child = simulate("--checkpoints", folder);
  child.stdout.resume();
  child.stderr.resume();
  let seen = 0;
  watcher.on("change", () => {
    if (++seen >= count && (count === 1 || existsSync(join(folder, "fields")))) {
      child.kill("SIGKILL");
    }
  });
  const [, signal] = await once(child, "exit");
  watcher.close();
  expect(signal).toBe("SIGKILL");
}
