import type { JsonValue } from "./json.ts";
import type { Task } from "./task.ts";
import { span } from "./time-words.ts";

export function progressWords({ progress }: Task): string {
  const percent =
    progress?.fraction === undefined ? "" : `${Math.floor(progress.fraction * 100)} %`;
  return [percent, progress?.message ?? ""].filter(Boolean).join(" ");
}

/** What it is about: its title, else what is to be done. */
export function title(task: Task): string {
  return task.title ?? work(task);
}

/** What is to be done: the command line, what an agent is told first, else the payload. */
export function work({ type, payload }: Task): string {
  const argv = type === "command" ? argvOf(payload) : undefined;
  if (argv) return argv.map(quoted).join(" ");
  return (type === "agent" && firstLineOfInstruction(payload)) || JSON.stringify(payload);
}

function firstLineOfInstruction(payload: JsonValue): string {
  if (typeof payload !== "object" || payload === null || !("instruction" in payload)) return "";
  const { instruction } = payload;
  return typeof instruction === "string" ? (instruction.trim().split(/\r?\n/)[0] ?? "").trim() : "";
}

function argvOf(payload: JsonValue): readonly string[] | undefined {
  if (typeof payload !== "object" || payload === null || !("argv" in payload)) return undefined;
  const { argv } = payload;
  return Array.isArray(argv) ? argv.map(String) : undefined;
}

/** As a shell reads it. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!/\p{Cc}/u.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${word.replaceAll(/[\\']/g, "\\$&").replaceAll(/\p{Cc}/gu, escaped)}'`;
}

const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(2, "0");
  return escapes[character] ?? `\\x${code}`;
}

/** How long its latest attempt has taken, or took. */
export function ranFor({ startedAt, endedAt, state }: Task, now: number): string {
  if (startedAt === undefined || state === "pending" || state === "blocked") return "";
  return span((endedAt ?? now) - startedAt);
}
