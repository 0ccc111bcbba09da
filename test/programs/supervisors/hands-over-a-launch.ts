import { spawn } from "node:child_process";
import type { Writable } from "node:stream";

/** Starts the worker program `argv[2]` with the launch document `argv[3]`, and stays. */
const [, , program = "", launch = "{}"] = process.argv;
const { workerId } = JSON.parse(launch) as { readonly workerId: string };
const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program], {
  stdio: ["ignore", "ignore", "ignore", "pipe"],
  detached: true,
  env: { ...process.env, CLX_WORKER_ID: workerId },
});
(child.stdio[3] as Writable).write(`${launch}\n`);
