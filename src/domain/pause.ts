import { localTime } from "./time-words.ts";

/** Which tasks are held back; nothing named means all. */
export interface PauseScope {
  readonly queue?: string;
  readonly type?: string;
}

export interface Pause extends PauseScope {
  readonly at: number;
  /** Who did it, for people. */
  readonly by?: string;
  readonly reason?: string;
}

/** Whether a pause holds back tasks of this type and queue. */
export function isHeldBy(
  task: { readonly type: string; readonly queue: string },
  { type, queue }: PauseScope,
): boolean {
  return (type ?? task.type) === task.type && (queue ?? task.queue) === task.queue;
}

/** `all tasks`, `tasks of queue default`, `notebook tasks`, `notebook tasks of queue default`. */
export function heldTasks({ type, queue }: PauseScope): string {
  if (type === undefined && queue === undefined) return "all tasks";
  const tasks = type === undefined ? "tasks" : `${type} tasks`;
  return queue === undefined ? tasks : `${tasks} of queue ${queue}`;
}

/** What is held back, since when, by whom and why, as a clause. */
export function pauseWords(pause: Pause): string {
  const tasks = heldTasks(pause);
  const source = [pause.by === undefined ? undefined : `by ${pause.by}`, pause.reason]
    .filter((part) => part !== undefined)
    .join(": ");
  const sentence = `${tasks} are held back since ${localTime(pause.at)}`;
  return source === "" ? sentence : `${sentence} (${source})`;
}

/** The command that ends a pause. */
export function resumeCommand({ type, queue }: PauseScope): string {
  const options = [
    ...(type === undefined ? [] : [`--type ${type}`]),
    ...(queue === undefined ? [] : [`--queue ${queue}`]),
  ];
  return ["clx queue resume", ...options].join(" ");
}
