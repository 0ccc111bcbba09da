/**
 * Writes `docs/states.md` and `docs/errors.md` from the tables of `src/domain`.
 * With `--check` it writes nothing, and fails when one of them is not up to date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { errorDocs } from "../src/domain/error-docs.ts";
import { errorFacts } from "../src/domain/errors.ts";
import { eventTypes } from "../src/domain/event.ts";
import { type FailureKind, type FailureRule, failureKinds } from "../src/domain/failure.ts";
import { taskStates, taskTransitions } from "../src/domain/task-state.ts";
import type { Transition } from "../src/domain/transition.ts";
import { workerStates, workerTransitions } from "../src/domain/worker-state.ts";

import {
  eventDocs,
  failureDocs,
  taskEventDocs,
  taskStateDocs,
  workerEventDocs,
  workerStateDocs,
} from "./state-docs.ts";

const pages = { "docs/states.md": statesPage(), "docs/errors.md": errorsPage() };
const stale = Object.entries(pages).filter(([path, page]) => readIfThere(path) !== page);

if (process.argv.includes("--check")) {
  for (const [path] of stale) {
    process.stderr.write(`${path} is not up to date; run "node scripts/generate-docs.ts"\n`);
  }
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [path, page] of stale) writeFileSync(path, page);
}

function statesPage(): string {
  return `${[
    "# States",
    "Generated from the tables of `src/domain` by `scripts/generate-docs.ts`; change those.",
    "## Task",
    diagram(taskTransitions, "pending", "blocked"),
    table(["state", "a task that"], described(taskStates, taskStateDocs)),
    steps(taskTransitions, taskEventDocs),
    "## Worker",
    diagram(workerTransitions, "created"),
    table(["state", "a worker that"], described(workerStates, workerStateDocs)),
    steps(workerTransitions, workerEventDocs),
    "## Why attempts fail",
    "*By itself*: a fault of the infrastructure is tried again as long as the task has attempts left. *If asked*: only when the task asks for retries of such faults. *At once*: the first such failure has no back-off.",
    table(["kind", "what happened", "tried again"], failureRows()),
    "## Events",
    "The types of the append-only event log. Names never change.",
    table(["type", "what happened"], described(eventTypes, eventDocs)),
  ].join("\n\n")}\n`;
}

function errorsPage(): string {
  const rows = Object.entries(errorFacts).map(([code, { exitCode, status }]) => {
    const { meaning, whatToDo } = errorDocs[code as keyof typeof errorDocs];
    return [`\`${code}\``, String(exitCode), String(status), meaning, whatToDo];
  });
  return `${[
    "# Errors",
    "Generated from `src/domain/errors.ts` by `scripts/generate-docs.ts`; change those. Codes never change their meaning. Exit codes are those of the command line: 0 is success, 1 means that it ran and something failed (a task, a build).",
    table(["code", "exit code", "HTTP status", "what it means", "what to do"], rows),
  ].join("\n\n")}\n`;
}

function diagram(transitions: Readonly<Record<string, Transition>>, ...starts: string[]): string {
  const edges = Object.entries(transitions).flatMap(([event, { from, to }]) =>
    from.map((state) => `    ${state} --> ${to}: ${event}`),
  );
  return [
    "```mermaid",
    "stateDiagram-v2",
    ...starts.map((state) => `    [*] --> ${state}`),
    ...edges,
    "```",
  ].join("\n");
}

function steps<Event extends string>(
  transitions: Readonly<Record<Event, Transition>>,
  docs: Readonly<Record<Event, string>>,
): string {
  const rows = (Object.keys(transitions) as Event[]).map((event) => {
    const { from, to } = transitions[event];
    return [`\`${event}\``, from.join(", "), to, docs[event]];
  });
  return table(["event", "from", "to", "when"], rows);
}

function described<Name extends string>(
  names: readonly Name[],
  docs: Readonly<Record<Name, string>>,
): string[][] {
  return names.map((name) => [`\`${name}\``, docs[name]]);
}

function failureRows(): string[][] {
  return (Object.keys(failureKinds) as FailureKind[]).map((kind) => {
    const { again, atOnce }: FailureRule = failureKinds[kind];
    const words = { by_itself: "by itself", if_asked: "if asked", never: "never" }[again];
    return [`\`${kind}\``, failureDocs[kind], atOnce ? `${words}, at once` : words];
  });
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), `|${heads.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
