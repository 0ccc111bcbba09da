import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { identify, ownIdentity } from "../../machine/process-identity.ts";
import { followTree } from "../../machine/process-tree.ts";
import { TaskError } from "../../worker/handler.ts";

export interface DisplayParams {
  /** For what it needs while it is open. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** What a program is told of its display. */
export type DisplayEnv = { readonly DISPLAY: string; readonly XAUTHORITY: string };

/**
 * Opens a display that nobody sees and nobody else has, for as long as it is used.
 *
 * Xvfb itself takes a free number, which only it can do safely: `xvfb-run` gives two runs that
 * begin together the same one, and the first to end takes it from the other.
 */
export async function withDisplay<T>(
  { folder, signal }: DisplayParams,
  use: (env: DisplayEnv) => Promise<T>,
): Promise<T> {
  const XAUTHORITY = await writeKey(folder);
  const mark = randomUUID();
  const server = spawn(
    "Xvfb",
    ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp", "-auth", XAUTHORITY],
    {
      detached: true,
      env: { ...process.env, CLX_TOOL_MARK: mark },
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    },
  );
  const opened = numberFrom(server.stdio[3] as Readable);
  opened.catch(() => {});
  await begun(server);
  const tree = followTree({
    mark: `CLX_TOOL_MARK=${mark}`,
    root: identify(server.pid ?? 0) ?? {
      ...{ ...ownIdentity(), pid: server.pid ?? 0, startedAt: "ended" },
    },
  });
  const stop = () => void server.kill();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const number = await opened;
    signal.throwIfAborted();
    return await use({ DISPLAY: `:${number}`, XAUTHORITY });
  } finally {
    signal.removeEventListener("abort", stop);
    await tree.end({ graceMs: 1_000 });
  }
}

async function begun(server: ReturnType<typeof spawn>): Promise<void> {
  try {
    if (server.pid === undefined) await once(server, "spawn");
  } catch {
    throw new TaskError(
      "not_started",
      "draw.io wants a display, and the program Xvfb was not found; install Xvfb (Debian's xvfb), or unset DRAWIO_EXECUTABLE",
    );
  }
}

/** It says the number once it takes connections. */
async function numberFrom(pipe: Readable): Promise<number> {
  let said = "";
  for await (const piece of pipe) {
    said += String(piece);
    if (said.includes("\n")) return Number.parseInt(said, 10);
  }
  throw new TaskError("exit_code", "Xvfb ended before it had a display");
}

const anyDisplay = 0xffff;

/** Who has this key may draw on the display: an entry of Xauthority, for whichever it will be. */
async function writeKey(folder: string): Promise<string> {
  const path = join(folder, "Xauthority");
  const fields = [Buffer.alloc(0), Buffer.alloc(0), "MIT-MAGIC-COOKIE-1", randomBytes(16)];
  const counted = fields.map((field) => {
    const bytes = Buffer.from(field as Buffer);
    return Buffer.concat([uint16(bytes.length), bytes]);
  });
  await writeFile(path, Buffer.concat([uint16(anyDisplay), ...counted]), { mode: 0o600 });
  return path;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
