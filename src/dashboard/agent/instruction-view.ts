import type { AgentRequest } from "../../agent/agent-task.ts";
import type { Task } from "../../domain/task.ts";
import { type Html, html, type Part } from "../html.ts";
import { messageText } from "./message-text.ts";
import { shownText } from "./shown-text.ts";

/** Beyond it the instruction is folded, so that the conversation is in sight. */
const longest = 600;

/** What the agent was asked. */
export function instructionView({ payload }: Task): Part {
  const { instruction, context } = (payload ?? {}) as Partial<AgentRequest>;
  if (typeof instruction !== "string") return false;
  const files = Array.isArray(context?.files) ? context.files : [];
  const text = html`<div class="text">${messageText(instruction)}${files.length > 0 && html`<p class="muted">Files: ${files.map((file) => html`<code>${shownText(String(file))}</code> `)}</p>`}</div>`;
  return html`<section class="instruction" aria-labelledby="instruction-title"><h2 id="instruction-title">Instruction</h2>${isLong(instruction) ? folded(instruction, text) : text}</section>`;
}

function isLong(instruction: string): boolean {
  return instruction.length > longest || instruction.split("\n").length > 10;
}

function folded(instruction: string, text: Html): Html {
  const words = instruction.trim().split(/\s+/).length;
  return html`<details id="instruction-text"><summary>All of it: ${words} words</summary>${text}</details>`;
}
