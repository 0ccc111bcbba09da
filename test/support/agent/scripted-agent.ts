/**
 * An agent that does what its instruction says, line by line, and tells it as lines of JSON; that it
 * has begun to answer too, unless a line is `silent`:
 *
 *     say TEXT · think TEXT · write FILE TEXT · use TOKENS · cost USD · print TEXT · complain TEXT
 *     wait · wait-once · gate FILE · talk-until FILE · ignore-signals · child · flood · turns N · run COMMAND · fail CAUSE · fail-once CAUSE · exit CODE · env · orders · session ID
 */
import { execSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Orders {
  readonly instruction: string;
  readonly folder: string;
  readonly sessionId: string;
  readonly resume: boolean;
}

const orders = await readOrders();
let calls = 0;
tell({ kind: "session", sessionId: orders.sessionId, model: "scripted-1" });
const lines = script().split("\n");
if (!lines.includes("silent")) tell({ kind: "turn" });
for (const line of lines) await act(line);
tell({ kind: "ended", end: { kind: "finished" } });

/** It has a memory: told to go on, it does what it was asked to in this conversation. */
function script(): string {
  const memory = join(process.env.CLX_AGENT_HOME ?? ".", `heard-${orders.sessionId}`);
  if (orders.resume && /Go on where you stopped\.$/.test(orders.instruction)) {
    return readFileSync(memory, "utf8");
  }
  writeFileSync(memory, orders.instruction);
  return orders.instruction;
}

async function act(line: string): Promise<void> {
  const [, word = "", rest = ""] = /^(\S*)\s?(.*)$/.exec(line) ?? [];
  switch (word) {
    case "say":
      return tell({ kind: "said", text: rest });
    case "think":
      return tell({ kind: "thought", text: rest });
    case "write":
      return write(rest);
    case "use":
      return tell({ kind: "used", usage: { inputTokens: Number(rest), outputTokens: 1 } });
    case "cost":
      return tell({ kind: "used", usage: { costUsd: Number(rest) } });
    case "print":
      return void process.stdout.write(`${rest}\n`);
    case "complain":
      return void process.stderr.write(`${rest}\n`);
    case "wait-once":
      return process.env.CLX_ATTEMPT === "1" ? await act("wait") : undefined;
    case "gate":
      return await gate(rest, () => {});
    case "talk-until":
      return await gate(rest, () => tell({ kind: "said", text: "again and again" }));
    case "wait":
      return await new Promise(() => setInterval(() => {}, 60_000));
    case "ignore-signals":
      return void process.on("SIGTERM", () => {});
    case "child":
      return child();
    case "flood":
      return await flood();
    case "turns":
      return turns(Number(rest));
    case "fail-once":
      return process.env.CLX_ATTEMPT === "1" ? await act(`fail ${rest}`) : undefined;
    case "fail":
      tell({ kind: "ended", end: { kind: "failed", cause: rest, message: "it was told to" } });
      return void process.exit(1);
    case "exit":
      return void process.exit(Number(rest));
    case "run":
      return tell({ kind: "said", text: execSync(rest, { encoding: "utf8" }) });
    case "env":
      return tell({ kind: "said", text: JSON.stringify(process.env) });
    case "orders":
      return tell({ kind: "said", text: JSON.stringify(orders) });
  }
}

function tell(entry: object): void {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}

function write(rest: string): void {
  const [file = "", text = ""] = rest.split(" ");
  const callId = `call-${++calls}`;
  tell({ kind: "tool_used", callId, tool: "Write", input: { file, text } });
  writeFileSync(file, text);
  tell({ kind: "tool_answered", callId, isError: false, text: `wrote ${file}` });
}

/** One that leaves the session, and outlives its parent if it is let. */
function child(): void {
  const program = "process.on('SIGTERM', () => {}); setInterval(() => {}, 60_000)";
  const started = spawn(process.execPath, ["-e", program], { detached: true, stdio: "ignore" });
  started.unref();
  tell({ kind: "said", text: `child ${started.pid}` });
}

/** Until somebody has made the file. */
async function gate(file: string, meanwhile: () => void): Promise<void> {
  while (!existsSync(file)) {
    meanwhile();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function flood(): Promise<void> {
  for (;;) {
    const line = JSON.stringify({ kind: "said", text: "again and again ".repeat(60) });
    if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
  }
}

function turns(count: number): void {
  for (let turn = 0; turn < count; turn++) {
    tell({ kind: "turn" });
    tell({ kind: "said", text: `turn ${turn}` });
  }
}

async function readOrders(): Promise<Orders> {
  let text = "";
  for await (const piece of process.stdin.setEncoding("utf8")) text += String(piece);
  return JSON.parse(text) as Orders;
}
