// A coding agent without a model: it does what its instruction says, line by line.
//
// It shows all that a program has to do to be an agent of CLX: read its orders as JSON from the
// standard input, and print what it says and does as lines of JSON.
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

const orders = JSON.parse(await text(process.stdin));
const folder = process.cwd();
let calls = 0;
let words = 0;

tell({ kind: "session", sessionId: orders.sessionId, model: orders.model ?? "scripted-1" });
for (const line of orders.instruction
  .split("\n")
  .map((one) => one.trim())
  .filter(Boolean)) {
  tell({ kind: "turn" });
  await follow(line);
  // As if a model had read the line and answered: tokens are counted in words here.
  words += line.split(/\s+/).length;
  tell({ kind: "used", usage: { inputTokens: 100 * words, outputTokens: 20 * words } });
  await sleep(Number(process.env.STEP_MS ?? 400));
}
tell({ kind: "ended", end: { kind: "finished" } });

/** One line of the instruction: its first word says what to do. */
async function follow(line) {
  const [, verb = "", rest = ""] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
  switch (verb.toLowerCase()) {
    case "list":
      return await use("List", { path: rest || "." }, () => list(rest || "."));
    case "read":
      return await use("Read", { file_path: rest }, () => readFile(inFolder(rest), "utf8"));
    case "write": {
      const [, file = "", content = ""] = /^(\S+)\s*(.*)$/.exec(rest) ?? [];
      return await use("Write", { file_path: file, content }, () => write(file, content));
    }
    case "count":
      return await use("Count", { file_path: rest }, () => count(rest));
    case "think":
      return tell({ kind: "thought", text: rest });
    case "again":
      return say(orders.resume ? "I go on with our conversation." : "This is where we begin.");
    default:
      return say(`You said: ${line}`);
  }
}

function say(words) {
  tell({ kind: "said", text: words });
}

/** A tool: what it is given, and what it answers. */
async function use(tool, input, work) {
  const callId = `call-${++calls}`;
  tell({ kind: "tool_used", callId, tool, input });
  try {
    tell({ kind: "tool_answered", callId, isError: false, text: String(await work()) });
  } catch (error) {
    tell({ kind: "tool_answered", callId, isError: true, text: error.message });
  }
}

async function list(path) {
  return (await readdir(inFolder(path))).toSorted().join("\n");
}

async function write(file, content) {
  await writeFile(inFolder(file), `${content}\n`);
  return `wrote ${(await stat(inFolder(file))).size} bytes`;
}

async function count(file) {
  const lines = (await readFile(inFolder(file), "utf8")).split("\n");
  return `${lines.length} lines, ${lines.join(" ").split(/\s+/).filter(Boolean).length} words`;
}

/** It works in its folder and nowhere else. */
function inFolder(path) {
  const place = resolve(folder, path);
  if (relative(folder, place).startsWith("..")) throw new Error(`${path} is not in ${folder}`);
  return place;
}

function tell(entry) {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}
