import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { enterRun } from "../run-guard.ts";

/**
 * A program for tasks of the type `command`: takes the task's lock, starts children that
 * are hard to end, works for a while, and leaves them behind for whoever started it to end.
 */
const [folder = "", ms = "0", children = "stubborn"] = process.argv.slice(2);
const { CLX_TASK_ID: taskId = "", CLX_ATTEMPT: attempt = "0" } = process.env;
const guard = enterRun(folder, taskId, Number(attempt));

const deaf = children === "stubborn" ? 'trap "" TERM;' : "";
leaveBehind(["sh", "-c", `${deaf} sleep 300 & sleep 300`]);
leaveBehind(["setsid", "sh", "-c", `${deaf} sleep 300 & exec setsid sleep 300`]);

await pause(Number(ms));
writeSync(3, `${JSON.stringify({ result: guard.run })}\n`);
guard.finish();
process.exit(0);

function leaveBehind([program = "", ...args]: string[]): void {
  spawn(program, args, { stdio: "ignore" }).unref();
}
