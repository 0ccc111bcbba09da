import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { createInterface } from "node:readline";
import { inspect } from "node:util";
import { createContext, runInContext } from "node:vm";

/** Says what a cell gave as Jupyter's kernels do: one message a line. */
function tell(kind: string, content: unknown): void {
  process.stdout.write(`${JSON.stringify([kind, content])}\n`);
}

const world = createContext({
  readFileSync,
  print: (text: string) => tell("stream", { name: "stdout", text: `${text}\n` }),
  html: (markup: string) =>
    tell("display_data", { data: { "text/html": markup, "text/plain": "…" }, metadata: {} }),
  end: (code: number) => process.exit(code),
});

for await (const line of createInterface({ input: process.stdin })) {
  try {
    const value: unknown = runInContext(stripTypeScriptTypes(JSON.parse(line) as string), world);
    if (value !== undefined) tell("execute_result", { data: { "text/plain": inspect(value) } });
    tell("reply", { status: "ok" });
  } catch (error) {
    const { name, message } = error as Error;
    tell("reply", { status: "error", ename: name, evalue: message, traceback: [] });
  }
}
