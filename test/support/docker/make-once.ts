import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { until } from "../until.ts";

/** An image takes a while to make; test files that run at once make it once. */
export async function makeOnce(
  docker: Docker,
  image: string,
  make: () => Promise<void>,
): Promise<string> {
  if (await hasImage(docker, image)) return image;
  const lock = join(tmpdir(), `clx-test-image-${image.replaceAll(/[^a-z0-9]+/g, "-")}.lock`);
  await until(() => takeLock(lock), { withinMs: 240_000, what: `${lock} to be free` });
  try {
    if (!(await hasImage(docker, image))) await make();
  } finally {
    rmSync(lock, { force: true });
  }
  return image;
}

export async function hasImage(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

/** Reads what the engine says while it works, and fails with the error that is among it. */
export async function untilDone(docker: Docker, told: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(told, (error: Error | null) =>
      error === null || error === undefined ? resolve() : reject(error),
    );
  });
}

function takeLock(lock: string): boolean {
  try {
    const fd = openSync(lock, "wx");
    writeSync(fd, String(process.pid));
    closeSync(fd);
    return true;
  } catch {
    if (isLeftOver(lock)) rmSync(lock, { force: true });
    return false;
  }
}

function isLeftOver(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
