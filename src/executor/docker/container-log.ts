import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { PassThrough } from "node:stream";
import type Docker from "dockerode";
import { rotateWhenLarge } from "../../machine/log-file.ts";

const lookEveryBytes = 1024 ** 2;

/** Appends what a container's worker writes to the worker's log. */
export interface ContainerLog {
  /** All that it wrote is in the file. */
  readonly ended: Promise<void>;
}

export function keepLog(params: {
  readonly docker: Docker;
  readonly logPath: string;
  /** Its standard output and error, as the engine packs them. */
  readonly stream: NodeJS.ReadableStream;
}): ContainerLog {
  const { docker, logPath, stream } = params;
  mkdirSync(dirname(logPath), { recursive: true });
  const file = openSync(logPath, "a", 0o600);
  const lines = new PassThrough();
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const close = () => lines.end();
  docker.modem.demuxStream(stream, lines, lines);
  stream.on("end", close).on("close", close).on("error", close);
  let unlooked = 0;
  const write = (chunk: Buffer) => {
    unlooked += writeSync(file, chunk);
    if (unlooked < lookEveryBytes) return;
    unlooked = 0;
    rotateWhenLarge(logPath);
  };
  lines.on("data", (chunk: Buffer) => {
    try {
      write(chunk);
    } catch {
      // A full disk must not end whoever keeps the worker; what finds no room is missing.
    }
  });
  lines.on("end", () => {
    closeSync(file);
    resolve();
  });
  return { ended };
}
