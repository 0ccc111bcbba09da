import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import type { OwnEngine } from "./own-engine.ts";

/** Where somebody listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export const listeningProgram = (port: number) =>
  `require("node:net").createServer((one) => one.end()).listen(${port}, "0.0.0.0", () => console.log("listening"))`;

/** A program on the engine's own machine that listens on all of its addresses; its port. */
export async function listenBeside(engine: OwnEngine): Promise<number> {
  const port = 8_001;
  await listenOn(["nsenter", "--net", "--target", String(engine.pid)], port);
  return port;
}

/** A program on another machine, a cable away from the engine's. */
export async function listenAfar(engine: OwnEngine): Promise<Address> {
  const port = 8_002;
  const machine = await listenOn(["unshare", "--net"], port);
  const on = (pid: number | undefined, ...words: string[]) =>
    execFileSync("nsenter", ["--net", "--target", String(pid), "ip", ...words]);
  const { pid } = machine;
  on(
    engine.pid,
    "link",
    "add",
    "cable",
    "type",
    "veth",
    "peer",
    "name",
    "cable",
    "netns",
    `${pid}`,
  );
  on(engine.pid, "address", "add", "198.51.100.1/24", "dev", "cable");
  on(engine.pid, "link", "set", "cable", "up");
  on(pid, "address", "add", "198.51.100.2/24", "dev", "cable");
  on(pid, "link", "set", "cable", "up");
  return { host: "198.51.100.2", port };
}

async function listenOn(machine: readonly string[], port: number): Promise<ChildProcess> {
  const [program = "", ...args] = [...machine, process.execPath, "-e", listeningProgram(port)];
  const listener = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(async () => {
    const ended = once(listener, "exit");
    if (listener.kill("SIGKILL")) await ended;
  });
  await once(createInterface(listener.stdout), "line");
  return listener;
}
