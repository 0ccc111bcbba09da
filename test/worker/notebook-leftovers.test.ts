import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { identify, ownIdentity } from "../../src/machine/process-identity.ts";
import {
  KernelFolder,
  removeLeftFolders,
} from "../../src/workers/notebook/kernel/kernel-folder.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { goneIdentity, idleProcess } from "../support/supervisor-processes.ts";

forbidProcessLeaks();

it("ends the kernel of a worker that was killed, and removes its folder", async () => {
  const { identity } = await idleProcess();
  const folder = await KernelFolder.make();
  await folder.noteProcess(identity);
  const left = await asIfLeft(folder);

  await removeLeftFolders();

  expect(identify(identity.pid)).toBeUndefined();
  expect(existsSync(left)).toBe(false);
});

it("lets alone the kernel of a worker that runs", async () => {
  const { identity } = await idleProcess();
  const folder = await KernelFolder.make();
  await folder.noteProcess(identity);

  await removeLeftFolders();

  expect(identify(identity.pid)).toBeDefined();
  expect(existsSync(folder.path)).toBe(true);
  await folder.remove();
});

it("lets alone a process that has the number of a kernel of earlier", async () => {
  const { identity } = await idleProcess();
  const folder = await KernelFolder.make();
  await folder.noteProcess({ ...identity, startedAt: "1" });
  const left = await asIfLeft(folder);

  await removeLeftFolders();

  expect(identify(identity.pid)).toBeDefined();
  expect(existsSync(left)).toBe(false);
});

it("lets alone what other programs have in the folder for temporary files", async () => {
  const strange = join(tmpdir(), `clx-kernel-strange-${process.pid}`);
  mkdirSync(strange);
  writeFileSync(join(strange, "x"), "");

  await removeLeftFolders();

  expect(existsSync(strange)).toBe(true);
  rmSync(strange, { recursive: true });
});

/** Under the name that a worker which is gone would have given it. */
async function asIfLeft({ path }: KernelFolder): Promise<string> {
  const gone = await goneIdentity();
  const own = ownIdentity();
  const hexOf = (text: string) => Buffer.from(text).toString("hex");
  const name = basename(path).replace(
    `-${own.pid}-${hexOf(own.startedAt)}-`,
    `-${gone.pid}-${hexOf(gone.startedAt)}-`,
  );
  const left = join(tmpdir(), name);
  renameSync(path, left);
  return left;
}
