import { decodeEntry } from "../../agent/agent-entry.ts";
import type { AgentEntry } from "../../agent/agent-task.ts";
import { budgetWords, endWords, usageWords } from "../../agent/agent-words.ts";
import type { JsonValue } from "../../domain/json.ts";
import { size } from "../../domain/size-words.ts";
import { type Colour, cleaned } from "../terminal.ts";

/** A line of a conversation for a terminal. */
export interface AgentLine {
  readonly text: string;
  readonly colour?: Colour;
  /** The agent's own words: what is left when nothing but the answer counts. */
  readonly isSaid?: boolean;
}

/** Of one answer of a tool. */
const mostLines = 6;
const widest = 200;

/** Tells the lines of an agent's log as a conversation. */
export class AgentLines {
  #turn = 0;

  /** `undefined` for what is no entry, but what a program wrote. */
  of(line: string): readonly AgentLine[] | undefined {
    const entry = decodeEntry(line);
    if (entry === undefined) return undefined;
    try {
      const lines = linesOf(entry);
      return [...this.#newTurn(entry), ...lines].map((told) => ({
        ...told,
        text: cleaned(told.text),
      }));
    } catch {
      // It only begins like an entry.
      return undefined;
    }
  }

  #newTurn(entry: AgentEntry): AgentLine[] {
    if (entry.kind === "started") this.#turn = 0;
    if (!("turn" in entry) || entry.turn === this.#turn) return [];
    this.#turn = entry.turn;
    return [{ text: `── turn ${entry.turn}`, colour: "grey" }];
  }
}

function linesOf(entry: AgentEntry): AgentLine[] {
  switch (entry.kind) {
    case "started":
      return [{ text: startedWords(entry), colour: "grey" }];
    case "said":
      return entry.text.split("\n").map((text) => ({ text, isSaid: true }));
    case "thought":
      return entry.text.split("\n").map((text) => ({ text: `  ${text}`, colour: "grey" }));
    case "tool_used":
      return [
        { text: `→ ${entry.tool}`, colour: "blue" },
        ...inputLines(entry.input).map((text) => ({ text: `    ${text}` })),
      ];
    case "tool_answered":
      return answerLines(entry);
    case "note":
      return [{ text: `note: ${entry.text}`, colour: "yellow" }];
    case "ended":
      return [endLine(entry)];
    case "session":
    case "used":
      return [];
  }
}

type Entry<Kind extends AgentEntry["kind"]> = Extract<AgentEntry, { kind: Kind }>;

function startedWords({
  executor,
  model,
  folder,
  worktree,
  budget = {},
}: Entry<"started">): string {
  const limits = Object.entries(budget).map(([name, amount]) =>
    budgetWords(name as Parameters<typeof budgetWords>[0], amount),
  );
  const who = model === undefined ? executor : `${executor} (${model})`;
  const branch = worktree === undefined ? "" : ` on branch ${worktree.branch}`;
  return `${who} began in ${folder}${branch}${limits.length > 0 ? `, with at most ${limits.join(", ")}` : ""}`;
}

function inputLines(input: JsonValue): string[] {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    return short(typeof input === "string" ? input : JSON.stringify(input));
  }
  return Object.entries(input).flatMap(([name, value]) => {
    const [first = "", ...rest] = short(typeof value === "string" ? value : JSON.stringify(value));
    return [`${name}: ${first}`, ...rest.map((line) => `  ${line}`)];
  });
}

function answerLines({ isError, text }: Entry<"tool_answered">): AgentLine[] {
  const colour = isError ? "red" : "grey";
  const [first = "", ...rest] = short(text);
  const sign = isError ? "✗" : "←";
  const long = text.includes("\n") ? ` (${size(Buffer.byteLength(text))})` : "";
  return [
    { text: `${sign} ${first}${long}`, colour },
    ...rest.map((line): AgentLine => ({ text: `    ${line}`, colour })),
  ];
}

function short(text: string): string[] {
  const lines = text.trimEnd().split("\n");
  const shown = lines.slice(0, mostLines).map((line) => {
    return line.length > widest ? `${[...line].slice(0, widest - 1).join("")}…` : line;
  });
  const left = lines.length - shown.length;
  return left === 0 ? shown : [...shown, `… ${left} more ${left === 1 ? "line" : "lines"}`];
}

function endLine({ end, usage }: Entry<"ended">): AgentLine {
  const colour = end.kind === "finished" ? "green" : "red";
  return { text: `${endWords(end)} (${usageWords(usage)})`, colour };
}
