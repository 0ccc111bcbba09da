import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { PassThrough } from "node:stream";
import type Docker from "dockerode";

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
  lines.on("data", (chunk: Buffer) => void writeSync(file, chunk));
  lines.on("end", () => {
    closeSync(file);
    resolve();
  });
  return { ended };
}
