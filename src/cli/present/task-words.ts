import type { JsonValue } from "../../domain/json.ts";
import type { Task } from "../../domain/task.ts";
import type { TaskState } from "../../domain/task-state.ts";
import { span } from "../../domain/time-words.ts";
import type { WorkerState } from "../../domain/worker-state.ts";
import type { Colour } from "../terminal.ts";

const colours: Partial<Record<TaskState | WorkerState, Colour>> = {
  running: "blue",
  busy: "blue",
  completed: "green",
  failed: "red",
  hung: "red",
  cancelled: "grey",
  dead: "grey",
  draining: "yellow",
  blocked: "yellow",
};

export function stateColour({ state }: { state: TaskState | WorkerState }): Colour | undefined {
  return colours[state];
}

/** The one thing worth saying about a task in a list. */
export function remark(task: Task, now: number): string {
  if (task.state === "failed" && task.failure) return task.failure.message;
  if (task.state === "cancelled") return task.cancelReason ?? title(task);
  if (task.state === "running" && task.progress) return progressWords(task);
  if (task.state === "pending" && (task.runAt ?? 0) > now) {
    return `due in ${span((task.runAt ?? 0) - now)}: ${title(task)}`;
  }
  return title(task);
}

export function progressWords({ progress }: Task): string {
  const percent =
    progress?.fraction === undefined ? "" : `${Math.floor(progress.fraction * 100)} %`;
  return [percent, progress?.message ?? ""].filter(Boolean).join(" ");
}

/** What it is about: the command line, or the payload. */
export function title({ type, payload }: Task): string {
  const argv = type === "command" ? argvOf(payload) : undefined;
  return argv ? argv.map(quoted).join(" ") : JSON.stringify(payload);
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
