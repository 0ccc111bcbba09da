import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { databaseIn } from "../engine.ts";
import { clxProgram } from "./built-clx.ts";
import { monotonicMs } from "./process-usage.ts";

export type ServeMode = "inline" | "standalone" | "managed";

export interface ServedClx {
  readonly pid: number;
  readonly url: string;
  /** From the order to start it until it said where it listens. */
  readonly listeningMs: number;
  /** From the order to start it until `/ready` said yes. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** `clx serve`, as users start it, with its store in the folder of the run. */
export async function startServe(folder: string, mode: ServeMode): Promise<ServedClx> {
  const orderedAt = monotonicMs();
  const words = ["serve", "--mode", mode, "--port", "0", "--json", "--db-path", databaseIn(folder)];
  const child = spawn(process.execPath, [clxProgram, ...words], {
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const url = await saidUrl(child);
  const listeningMs = monotonicMs() - orderedAt;
  await untilReady(url);
  const readyMs = monotonicMs() - orderedAt;
  return {
    ...{ pid: child.pid ?? 0, url, listeningMs, readyMs },
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function untilReady(url: string): Promise<void> {
  const deadline = monotonicMs() + 20_000;
  while (!(await fetch(`${url}/ready`)).ok) {
    if (monotonicMs() > deadline) throw new Error("the server did not become ready");
    await pause(1);
  }
}

async function saidUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the server has no output");
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as { readonly url?: string };
    if (said.url !== undefined) return said.url;
  }
  throw new Error("the server ended before it listened");
}
