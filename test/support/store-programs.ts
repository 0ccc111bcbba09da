import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** Starts a program of `test/programs/store`, and sees to it that the test does not leave it. */
export function program(name: string, args: readonly string[]): ChildProcess {
  const file = new URL(`../programs/store/${name}.ts`, import.meta.url);
  const stdio: ["pipe", "pipe", "inherit"] = ["pipe", "pipe", "inherit"];
  const child = spawn(process.execPath, [fileURLToPath(file), ...args], { stdio });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  return child;
}

export async function firstLineOf(child: ChildProcess): Promise<string> {
  for await (const line of linesOf(child)) return line;
  throw new Error("the program ended without a word");
}

export function linesOf(child: ChildProcess): AsyncIterable<string> {
  if (child.stdout === null) throw new Error("the program has no standard output");
  return createInterface({ input: child.stdout });
}

/** All that it wrote, once it has ended. */
export async function endOf(child: ChildProcess): Promise<string> {
  let output = "";
  for await (const line of linesOf(child)) output += `${line}\n`;
  return output;
}
