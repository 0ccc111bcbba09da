import type { AgentEnd } from "../../agent/agent-task.ts";
import { type Failure, failureKinds } from "../../domain/failure.ts";
import { size } from "../../domain/size-words.ts";
import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import { isAgentTask } from "../agent/agent-model.ts";
import { faultHints } from "../agent/fault-hints.ts";
import { type Html, html, type Part } from "../html.ts";
import { readAnsi } from "./ansi.ts";
import { failureHints } from "./failure-hints.ts";
import { redactText } from "./redact.ts";
import type { TaskModel } from "./task-model.ts";

/** Why it failed, what helps, and what it wrote last. */
export function failureView({
  task,
  attempts,
  agent,
}: Pick<TaskModel, "task" | "attempts" | "agent">): Part {
  const { failure } = task;
  if (failure === undefined) return false;
  const failed = attempts.findLast((attempt) => attempt.failure !== undefined);
  const isPast = task.state === "completed";
  const isOne = isPast || !isFinal(task.state);
  const whose = isOne ? ` of attempt ${failed?.number ?? task.attempt}` : "";
  return html`<section class="failure" aria-labelledby="failure-title"><h2 id="failure-title">Error${whose}: ${failure.kind.replaceAll("_", " ")}</h2>
<p class="cause">${redactText(failure.message)}</p>
${!isPast && html`<p class="hint">${hintFor(failure, agent?.end)}</p>`}
${whyNotAgain(task, failure)}
${evidence(task, failure)}
${!isAgentTask(task) && block("Last lines", "failure-tail", failure.logTail)}
${block("Details", "failure-details", failure.details)}</section>`;
}

/** An agent that could not work says more than the kind of its task's failure. */
function hintFor({ kind }: Failure, end: AgentEnd | undefined): string {
  return end?.kind === "failed"
    ? (faultHints[end.cause] ?? failureHints[kind])
    : failureHints[kind];
}

/** Attempts are left, and yet it has failed for good. */
function whyNotAgain({ state, attempt, attemptLimit }: Task, { kind }: Failure): Part {
  if (state !== "failed" || attempt >= attemptLimit) return false;
  const rule =
    failureKinds[kind].again === "never"
      ? "failures of this kind are final"
      : "failures of this kind are final unless the task asks for retries of any";
  return html`<p class="hint">It was not tried again by itself, although ${attemptLimit - attempt} more ${attemptLimit - attempt === 1 ? "attempt was" : "attempts were"} left: ${rule}.</p>`;
}

function evidence({ peakMemory }: Task, failure: Failure): Part {
  const peak = failure.peakMemory ?? peakMemory;
  const facts = [
    failure.exitCode !== undefined &&
      html`<div><dt>Exit code</dt><dd>${failure.exitCode}</dd></div>`,
    failure.signal !== undefined && html`<div><dt>Signal</dt><dd>${failure.signal}</dd></div>`,
    peak !== undefined && html`<div><dt>Peak memory</dt><dd>${size(peak)}</dd></div>`,
  ].filter((fact) => fact !== false);
  return facts.length > 0 && html`<dl class="facts">${facts}</dl>`;
}

function block(title: string, id: string, text: string | undefined): Part {
  if (!text) return false;
  const lines = redactText(text.trimEnd()).split("\n").map(coloured);
  return html`<div class="log-bar"><h3 id="${id}-title">${title}</h3><button type="button" data-copy data-copy-from="${id}" hidden>Copy</button></div><pre id="${id}" tabindex="0" aria-labelledby="${id}-title"><code>${lines}</code></pre>`;
}

function coloured(line: string): Html {
  const pieces = readAnsi(line).map(({ text, classes }) =>
    classes.length === 0 ? html`${text}` : html`<span class="${classes.join(" ")}">${text}</span>`,
  );
  return html`${pieces}\n`;
}
