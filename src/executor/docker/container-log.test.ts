import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import Docker from "dockerode";
import { expect, it, onTestFinished } from "vitest";
import { keepLog } from "./container-log.ts";

/** As the engine packs what a program writes to its standard output. */
function packed(text: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt8(1, 0);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

function keep(logPath: string) {
  const stream = new PassThrough();
  return { stream, log: keepLog({ docker: new Docker(), logPath, stream }) };
}

it("appends what the container writes, until its end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "clx-container-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const logPath = join(folder, "logs", "worker.log");
  const { stream, log } = keep(logPath);

  stream.write(packed("one\n"));
  stream.end(packed("two\n"));
  await log.ended;

  expect(readFileSync(logPath, "utf8")).toBe("one\ntwo\n");
});

it.skipIf(process.platform !== "linux")("ends nobody because a disk is full", async () => {
  const { stream, log } = keep("/dev/full");

  stream.write(packed("no room for this\n"));
  stream.end(packed("nor for that\n"));

  await expect(log.ended).resolves.toBeUndefined();
});

it("ends nobody because a log cannot be rotated", async () => {
  const folder = mkdtempSync(join(tmpdir(), "clx-container-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const logPath = join(folder, "worker.log");
  writeFileSync(logPath, Buffer.alloc(10 * 1_048_576));
  const { stream, log } = keep(logPath);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "in the way of the copies");

  stream.end(packed("x".repeat(1_048_576)));

  await expect(log.ended).resolves.toBeUndefined();
});
