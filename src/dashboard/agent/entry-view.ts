import type { AgentEntry } from "../../agent/agent-task.ts";
import { budgetWords, endWords } from "../../agent/agent-words.ts";
import { size } from "../../domain/size-words.ts";
import { span } from "../../domain/time-words.ts";
import { type Html, html, type Part } from "../html.ts";
import { grouped } from "../tasks/count-words.ts";
import { exactUtc } from "../time.ts";
import type { ConversationItem, ConversationModel } from "./agent-model.ts";
import { messageText } from "./message-text.ts";
import { shownText } from "./shown-text.ts";
import { firstLine, gist, isShort, toolInput } from "./tool-input.ts";

const mostShown = 20_000;

/** One row of a conversation; nothing for what only counts. */
export function entryView(
  item: ConversationItem,
  { startedAt, tools }: Pick<ConversationModel, "startedAt" | "tools">,
): Part {
  const shown = item.entry === undefined ? printed(item) : viewOf(item.entry, tools);
  if (shown === undefined) return false;
  const since = startedAt[item.attempt];
  const into = since === undefined ? "" : `+${span(Math.max(0, item.at - since))}`;
  return html`<li id="log-${item.cursor}" class="entry ${shown.look}"><span class="at" title="${exactUtc(item.at)}">${into}</span><div class="what">${shown.part}</div></li>`;
}

interface Shown {
  readonly look: string;
  readonly part: Html;
}

function viewOf(entry: AgentEntry, tools: ReadonlyMap<string, string>): Shown | undefined {
  switch (entry.kind) {
    case "started":
      return { look: "by-the-way", part: started(entry) };
    case "said":
      return {
        look: "said",
        part: html`<span class="unseen">The agent says: </span>${messageText(entry.text)}`,
      };
    case "thought":
      return { look: "thought", part: thought(entry.text) };
    case "tool_used":
      return { look: "tool", part: toolUsed(entry) };
    case "tool_answered":
      return { look: entry.isError ? "answer wrong" : "answer", part: answered(entry, tools) };
    case "note":
      return { look: "by-the-way", part: html`<p>${shownText(entry.text)}</p>` };
    case "ended":
      return {
        look: `end ${entry.end.kind}`,
        part: html`<p>${shownText(endWords(entry.end))}</p>`,
      };
    case "session":
    case "used":
      return undefined;
  }
}

function printed({ line, stream }: ConversationItem): Shown {
  const label = stream === "stderr" ? "stderr: " : "printed: ";
  return {
    look: `printed ${stream}`,
    part: html`<p><span class="unseen">${label}</span><code>${shownText(line)}</code></p>`,
  };
}

function started({ executor, model, folder, worktree, budget = {} }: Entry<"started">): Html {
  const limits = Object.entries(budget).map(([name, amount]) =>
    budgetWords(name as Parameters<typeof budgetWords>[0], amount),
  );
  return html`<p><strong>${shownText(executor)}</strong>${model !== undefined && html` (${shownText(model)})`} began in <code>${shownText(folder)}</code>${worktree !== undefined && html` on branch <code>${shownText(worktree.branch)}</code>`}${limits.length > 0 && `, with at most ${limits.join(", ")}`}.</p>`;
}

function thought(text: string): Html {
  return html`<details><summary>Thought <span class="gist">${firstLine(text)}</span></summary><div class="body">${messageText(text)}</div></details>`;
}

function toolUsed({ tool, input }: Entry<"tool_used">): Html {
  return html`<details${isShort(input) && html` open`}><summary><span class="unseen">Uses the tool </span><strong class="tool-name">${shownText(tool)}</strong> <span class="gist">${gist(input)}</span></summary><div class="body">${toolInput(input)}</div></details>`;
}

function answered(
  { callId, isError, text }: Entry<"tool_answered">,
  tools: ReadonlyMap<string, string>,
): Html {
  const tool = tools.get(callId);
  const who = `${isError ? "Error" : "Answer"}${tool === undefined ? "" : ` of ${shownText(tool)}`}`;
  if (text === "") return html`<p class="muted">${who}: empty</p>`;
  const lines = text.trimEnd().split("\n").length;
  const long = `${lines === 1 ? "1 line" : `${grouped(lines)} lines`}, ${size(Buffer.byteLength(text))}`;
  const shown = shownText(text);
  const rest = shown.length - mostShown;
  return html`<details${isError && html` open`}><summary>${who} <span class="long">${long}</span> <span class="gist">${firstLine(text)}</span></summary><pre class="body" tabindex="0" aria-label="${who}"><code>${shown.slice(0, mostShown)}</code></pre>${rest > 0 && html`<p class="note">${grouped(rest)} characters more are in the log.</p>`}</details>`;
}

type Entry<Kind extends AgentEntry["kind"]> = Extract<AgentEntry, { kind: Kind }>;
