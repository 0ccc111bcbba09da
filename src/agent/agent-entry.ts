import type { JsonValue } from "../domain/json.ts";
import type { AgentEntry } from "./agent-task.ts";

/** A longer line is cut by the log, and would be no JSON any more. */
export const entryLimit = 4_000;
/** Of one text; what is longer is cut, and a note says so. */
const textLimit = 60_000;

const kinds: Readonly<Record<AgentEntry["kind"], true>> = {
  started: true,
  session: true,
  said: true,
  thought: true,
  tool_used: true,
  tool_answered: true,
  used: true,
  note: true,
  ended: true,
};

/**
 * The lines of the log that tell one entry. A long text becomes several entries, to be read one
 * after the other; of a tool's long input and answer the beginnings are kept.
 */
export function encodeEntry(entry: AgentEntry): readonly string[] {
  const line = JSON.stringify(entry);
  if (line.length <= entryLimit) return [line];
  if (entry.kind === "said" || entry.kind === "thought") return encodeText(entry);
  return [JSON.stringify(shortened(entry))];
}

/** The entry that a line tells; `undefined` when it is no entry, but what some program wrote. */
export function decodeEntry(line: string): AgentEntry | undefined {
  if (!line.startsWith('{"kind":"')) return undefined;
  try {
    const value = JSON.parse(line) as AgentEntry;
    return Object.hasOwn(kinds, value.kind) ? value : undefined;
  } catch {
    return undefined;
  }
}

type TextEntry = Extract<AgentEntry, { kind: "said" | "thought" }>;

function encodeText(entry: TextEntry): string[] {
  const kept = entry.text.slice(0, textLimit);
  const lines = pieces(kept).map((text) => JSON.stringify({ ...entry, text }));
  const left = entry.text.length - kept.length;
  if (left === 0) return lines;
  const note: AgentEntry = { kind: "note", text: `the text went on for ${left} characters more` };
  return [...lines, JSON.stringify(note)];
}

/** No piece is longer, as JSON, than an entry's line has room for. */
function pieces(text: string): string[] {
  const room = entryLimit - 100;
  if (JSON.stringify(text).length <= room) return [text];
  const middle = breakBefore(text, Math.ceil(text.length / 2));
  return [...pieces(text.slice(0, middle)), ...pieces(text.slice(middle))];
}

/** Never between the halves of one character. */
function breakBefore(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

/** With ever shorter texts in it, until it fits. */
function shortened(entry: AgentEntry): JsonValue {
  const whole = JSON.parse(JSON.stringify(entry)) as JsonValue;
  for (const longest of [2_000, 500, 100, 20]) {
    const shorter = cutTexts(whole, longest);
    if (JSON.stringify(shorter).length <= entryLimit) return shorter;
  }
  return withoutInput(entry);
}

function cutTexts(value: JsonValue, longest: number): JsonValue {
  if (typeof value === "string") return cutText(value, longest);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one: JsonValue) => cutTexts(one, longest));
  const parts = Object.entries(value).map(
    ([key, one]) => [key, cutTexts(one as JsonValue, longest)] as const,
  );
  return Object.fromEntries(parts);
}

export function cutText(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const at = breakBefore(text, longest);
  return `${text.slice(0, at)}… (${text.length - at} more characters)`;
}

/** Of many small parts: it cannot be shown within one line. */
function withoutInput(entry: AgentEntry): JsonValue {
  const plain = cutTexts(JSON.parse(JSON.stringify(entry)) as JsonValue, 100);
  const size = JSON.stringify(entry).length;
  return { ...(plain as object), input: `(too large to be shown: ${size} characters)` };
}
