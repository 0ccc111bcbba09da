import { knownTypes } from "../../config/pool-settings.ts";
import { explainWait } from "../../domain/explain-wait.ts";
import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import type { WaitSources } from "../../overview/wait-facts.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { findTask } from "../find-by-prefix.ts";
import { forEachId } from "../for-each-id.ts";
import { attemptJson, taskJson } from "../present/json-shapes.ts";
import { describeTask, type TaskStory } from "../tasks/describe-task.ts";

export const tasksShow = defineCommand({
  name: "tasks show",
  usage: "tasks show ID…",
  summary: "tell everything about tasks: attempts, cause, why they wait, what depends on them",
  examples: [
    { wish: "the one whose id begins so", line: "clx tasks show 0197" },
    { wish: "as JSON, for a script", line: "clx tasks show 0197 --json" },
  ],
  options: {},
  words: { atLeast: 1, atMost: Number.POSITIVE_INFINITY },
  async run(context, { words }) {
    const { terminal, clock } = context;
    let first = true;
    return await forEachId(context, words, async (word) => {
      const story = await tellStory(context, word);
      if (terminal.json) {
        terminal.printJson({
          ...taskJson(story.task),
          waits_because: story.waitsBecause ?? null,
          worker_silent_since: isoTime(story.silentSince),
          attempts: story.attempts.map(attemptJson),
          dependants: story.dependants.map(({ id }) => id),
        });
      } else {
        if (!first) terminal.print("");
        for (const line of describeTask(story, clock(), terminal)) terminal.print(line);
      }
      first = false;
      return 0;
    });
  },
});

async function whyItWaits(task: Task, sources: WaitSources) {
  const { gatherWaitFacts } = await import("../../overview/wait-facts.ts");
  return explainWait(task, await gatherWaitFacts(sources, task));
}

async function tellStory(
  { openStore, clock, config }: CommandContext,
  word: string,
): Promise<TaskStory> {
  const store = await openStore("read");
  const task = await findTask(store, word);
  const now = clock();
  const open = !isFinal(task.state) && task.state !== "running";
  const waitsBecause = open
    ? await whyItWaits(task, { store, now, knownTypes: knownTypes(config) })
    : undefined;
  const dependencies = await Promise.all(task.after.map((id) => store.findTask(id)));
  return {
    task,
    attempts: await store.attemptsOf(task.id),
    dependencies: dependencies.filter((other) => other !== undefined),
    dependants: (await store.listTasks({ dependsOn: task.id, limit: 100 })).items,
    ...(waitsBecause !== undefined && { waitsBecause }),
    ...(await silenceOf(task, store, now)),
    ...(task.type === "agent" && task.result === undefined && (await talkOf(task, store))),
  };
}

/** Of an agent that was stopped, or is at work. */
async function talkOf(task: Task, store: TaskStore): Promise<Pick<TaskStory, "conversation">> {
  const { conversationOf } = await import("../../agent/continue-task.ts");
  const { conversationLog } = await import("../../library/conversation-log.ts");
  const lines = await conversationLog(store, task.id);
  const log = lines.filter(({ stream }) => stream === "log").map(({ line }) => line);
  const conversation = conversationOf(task, log);
  return conversation === undefined ? {} : { conversation };
}

/** A worker that is stopped or hangs keeps its task, and its lease lapses. */
async function silenceOf(
  { state, workerId }: Task,
  store: TaskStore,
  now: number,
): Promise<Pick<TaskStory, "silentSince">> {
  if (state !== "running" || workerId === undefined) return {};
  const { leasedUntil = now, heartbeatAt } = (await store.findWorker(workerId)) ?? {};
  return leasedUntil >= now || heartbeatAt === undefined ? {} : { silentSince: heartbeatAt };
}

function isoTime(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
