import type { AgentRequest, AgentResume, AgentUsage } from "../../agent/agent-task.ts";
import { endWords, usageWords } from "../../agent/agent-words.ts";
import { isAgentResult } from "../../agent/continue-task.ts";
import type { Failure } from "../../domain/failure.ts";
import type { JsonValue } from "../../domain/json.ts";
import { size } from "../../domain/size-words.ts";
import { wasOnlyTaken } from "../../domain/taken-ahead.ts";
import type { Attempt, Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import { progressWords, ranFor, work } from "../../domain/task-words.ts";
import { localTime, span } from "../../domain/time-words.ts";
import { stateColour } from "../present/task-words.ts";
import { age } from "../present/time.ts";
import { shorten } from "../present/width.ts";
import { cleaned, type Terminal } from "../terminal.ts";

/** A task and what belongs to it. */
export interface TaskStory {
  readonly task: Task;
  readonly attempts: readonly Attempt[];
  readonly dependencies: readonly Task[];
  readonly dependants: readonly Task[];
  readonly waitsBecause?: string;
  /** Of an agent's task that has no result: what its log tells. */
  readonly conversation?: AgentResume;
  /** When its worker was last heard of, if that is longer ago than it promised. */
  readonly silentSince?: number;
}

type Painter = Pick<Terminal, "paint">;

export function describeTask(story: TaskStory, now: number, terminal: Painter): string[] {
  const { task } = story;
  const rows: [string, string | undefined][] = [
    ["task", task.id],
    ["state", terminal.paint(stateWords(task), stateColour(task))],
    ["why", story.waitsBecause],
    ["silent", silenceWords(story, now)],
    ["title", task.title && cleaned(task.title)],
    ["tags", task.tags && cleaned(task.tags.join(", "))],
    ["does", `${task.type}: ${brief(cleaned(work(task)))}`],
    ["queue", queueWords(task)],
    ["submitted", `${localTime(task.createdAt)} (${age(task.createdAt, now)} ago)`],
    ["not before", task.runAt === undefined ? undefined : localTime(task.runAt)],
    ["started", task.startedAt === undefined ? undefined : localTime(task.startedAt)],
    ["ended", task.endedAt === undefined ? undefined : localTime(task.endedAt)],
    ["took", ranFor(task, now) || undefined],
    ["limits", limitWords(task)],
    ["progress", task.progress ? cleaned(progressWords(task)) : undefined],
    ["peak memory", task.peakMemory === undefined ? undefined : size(task.peakMemory)],
    [isContinued(task) ? "continues" : "waits for", taskList(story.dependencies)],
    ...dependantRows(story),
    ...agentRows(story),
    ["result", resultWords(task)],
    ["cause", causeWords(story)],
  ];
  return [
    ...rows.flatMap(([name, text]) => (text ? [`${name.padEnd(12)} ${text}`] : [])),
    ...attemptLines(story.attempts, now),
    ...evidence(task),
  ];
}

/** What an agent has used, in which conversation, and how that ended. */
function agentRows({ task, conversation }: TaskStory): [string, string | undefined][] {
  const { type, result, progress } = task;
  if (type !== "agent") return [];
  if (!isAgentResult(result)) {
    const used = progress?.data as AgentUsage | undefined;
    return [
      ["agent", conversation && cleaned(conversation.executor)],
      ...placeRows(conversation),
      ["used", isUsage(used) ? usageWords(used) : undefined],
    ];
  }
  const { executor, model, end, usage } = result;
  return [
    ["agent", cleaned(model === undefined ? executor : `${executor} (${model})`)],
    ...placeRows(result),
    ["used", usageWords(usage)],
    ["end", cleaned(endWords(end))],
  ];
}

function placeRows(
  place: (Pick<AgentResume, "folder" | "worktree"> & { readonly sessionId?: string }) | undefined,
): [string, string | undefined][] {
  if (place === undefined) return [];
  const { folder, worktree, sessionId } = place;
  return [
    ["folder", cleaned(worktree === undefined ? folder : `${folder} on branch ${worktree.branch}`)],
    ["conversation", sessionId && cleaned(sessionId)],
  ];
}

function isUsage(value: AgentUsage | undefined): value is AgentUsage {
  return typeof value?.turns === "number" && typeof value.wallMs === "number";
}

function resultWords({ type, result }: Task): string | undefined {
  if (result === undefined) return undefined;
  const isSaid = type === "agent" && isAgentResult(result);
  return brief(isSaid ? cleaned(result.text) : JSON.stringify(result));
}

function stateWords({ state, attempt, attemptLimit, cancelRequestedAt }: Task): string {
  const tries = attempt === 0 ? "" : `, attempt ${attempt} of at most ${attemptLimit}`;
  const stopping = state === "running" && cancelRequestedAt !== undefined ? ", being stopped" : "";
  return `${state}${tries}${stopping}`;
}

/** It says that it runs; whether it does is not known. */
function silenceWords({ task, silentSince }: TaskStory, now: number): string | undefined {
  if (silentSince === undefined) return undefined;
  const since = `${localTime(silentSince)} (${age(silentSince, now)} ago)`;
  return `its worker ${task.workerId} has not been heard of since ${since}; "clx doctor" looks at it`;
}

function queueWords({ queue, priority, key, sessionId }: Task): string {
  const more = [
    priority === 0 ? "" : `priority ${priority}`,
    key === undefined ? "" : `key ${cleaned(key)}`,
    sessionId === undefined ? "" : `session ${sessionId}`,
  ];
  return [queue, ...more].filter(Boolean).join(", ");
}

function limitWords({ timeoutMs, expectedMemory, retry, attemptLimit }: Task): string {
  const when = retry.on === "any" ? "whatever fails" : "when the infrastructure fails";
  return [
    timeoutMs === undefined ? "" : `${span(timeoutMs)} per attempt`,
    expectedMemory === undefined ? "" : `${size(expectedMemory)} expected`,
    attemptLimit > 1 ? `at most ${attemptLimit} attempts ${when}` : "1 attempt",
  ]
    .filter(Boolean)
    .join(", ");
}

/** Its conversation is that of the task that it comes after. */
function isContinued({ type, payload }: Task): boolean {
  return type === "agent" && continuedIn(payload) !== undefined;
}

function continuedIn(payload: JsonValue): string | undefined {
  return (payload as unknown as AgentRequest).options?.continueFromTaskId;
}

function dependantRows({ task, dependants }: TaskStory): [string, string | undefined][] {
  const goesOn = ({ type, payload }: Task) => type === "agent" && continuedIn(payload) === task.id;
  return [
    ["continued by", taskList(dependants.filter(goesOn))],
    ["awaited by", taskList(dependants.filter((one) => !goesOn(one)))],
  ];
}

function taskList(tasks: readonly Task[]): string | undefined {
  return tasks.map(({ id, state }) => `${id} (${state})`).join(", ") || undefined;
}

function causeWords({ task, attempts }: TaskStory): string | undefined {
  const { state, failure, cancelReason } = task;
  if (state === "cancelled") return cancelReason && cleaned(cancelReason);
  return failure && `${whoseFailure(task, attempts)}${failureWords(failure)}`;
}

/** A task that goes on tells of an attempt that did not. */
function whoseFailure({ state, attempt }: Task, attempts: readonly Attempt[]): string {
  if (isFinal(state)) return "";
  const failed = attempts.findLast(({ failure }) => failure !== undefined);
  return `of attempt ${failed?.number ?? attempt}: `;
}

const mostShown = 300;

function brief(text: string): string {
  if (text.length <= mostShown) return text;
  return `${shorten(text, mostShown)} (${text.length} characters; all of them: --json)`;
}

function failureWords({ kind, message }: Failure): string {
  return `${kind}: ${cleaned(message)}`;
}

function attemptLines(attempts: readonly Attempt[], now: number): string[] {
  if (attempts.length === 0) return [];
  const lines = attempts.map((attempt) => {
    const { number, outcome = "running", workerId = "no worker", startedAt, endedAt } = attempt;
    const peak = attempt.peakMemory === undefined ? "" : `, peak ${size(attempt.peakMemory)}`;
    const cause = attempt.failure ? `, ${failureWords(attempt.failure)}` : "";
    if (wasOnlyTaken(attempt)) return `  ${number}  released before it began on ${workerId}`;
    return `  ${number}  ${outcome} after ${span((endedAt ?? now) - startedAt)} on ${workerId}${peak}${cause}`;
  });
  return ["attempts", ...lines];
}

function evidence({ type, failure }: Task): string[] {
  // The last lines of an agent's log are pieces of its conversation: "tasks logs" tells them.
  const tail =
    failure?.logTail && type !== "agent" ? ["last output", ...indented(failure.logTail)] : [];
  const details = failure?.details ? ["details", ...indented(failure.details)] : [];
  return [...tail, ...details];
}

function indented(text: string): string[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `  ${cleaned(line)}`);
}
