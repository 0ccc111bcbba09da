// Hands in an instruction, tells what the agent says and does, and goes on with it.
//
//   node follow.mjs FOLDER "list" "count notes.md"
import { resolve } from "node:path";
import { connect } from "clx/client";

const [folder = "work", ...lines] = process.argv.slice(2);
const clx = connect({ key: process.env.CLX_KEY });

const first = await clx.agents.submit({
  instruction: lines.join("\n") || "list\nwrite notes.md hello there\ncount notes.md",
  context: { workingDirectory: resolve(folder) },
  options: { executor: "scripted", budget: { turns: 10, wallMs: 60_000 } },
});
const { result } = await told(first);
console.log(`session ${result.sessionId}; used:`, result.usage);
await told(await clx.agents.continue(first.taskId, { instruction: "again\nread notes.md" }));

async function told({ taskId, waitsBecause }) {
  console.log(`\nhttp://127.0.0.1:5000/tasks/${taskId} ${waitsBecause ?? ""}`);
  for await (const entry of clx.agents.follow(taskId)) {
    if (entry.kind === "said") console.log(entry.text);
    if (entry.kind === "tool_used") console.log("→", entry.tool, JSON.stringify(entry.input));
    if (entry.kind === "tool_answered") console.log(entry.isError ? "✗" : "←", entry.text);
  }
  return await clx.wait(taskId);
}
