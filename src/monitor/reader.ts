import { begunFirst } from "../domain/taken-ahead.ts";
import type { Task } from "../domain/task.ts";
import { isFinal } from "../domain/task-state.ts";
import type { Overview } from "../overview/overview.ts";
import type { StoredLogLine, TaskStore } from "../store/task-store.ts";
import { ConversationLog } from "./conversation-log.ts";
import type { Opened, OpenedTask, OpenedWorker, Seen, TaskStory, WorkerStory } from "./state.ts";

export interface ReaderParams {
  readonly store: TaskStore;
  readonly readOverview: () => Promise<Overview>;
  /** One sentence about why an open task does not run. */
  readonly explainWait: (task: Task) => Promise<string | undefined>;
}

/** What a worker has begun is told first. */
function inOrder(overview: Overview): Overview {
  const workers = overview.workers.map(({ worker, ...rest }) => ({
    ...rest,
    worker: { ...worker, taskIds: begunFirst(worker.taskIds, overview.running) },
  }));
  return { ...overview, workers };
}

function lastFirst(tasks: readonly Task[]): Task[] {
  return tasks.toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
}

/** Of each state that tasks end in, so many of the last submitted are looked at. */
const endedPerState = 50;
const logPage = 1_000;
/** A log is shown from so many lines before its end. */
const longestLog = 6_000;
const eventCount = 200;

/** Reads from the store what the screen shows now, and no more. */
export class Reader {
  readonly #params: ReaderParams;
  #told: { readonly taskId: string; readonly log: ConversationLog } | undefined;

  constructor(params: ReaderParams) {
    this.#params = params;
  }

  async readSeen(): Promise<Seen> {
    const { store, readOverview } = this.#params;
    const [overview, failed, completed, cancelled] = await Promise.all([
      readOverview(),
      ...(["failed", "completed", "cancelled"] as const).map((state) =>
        store.listTasks({ states: [state], limit: endedPerState }),
      ),
    ]);
    const well = [...(completed?.items ?? []), ...(cancelled?.items ?? [])];
    return {
      overview: inOrder(overview),
      ended: [...lastFirst(failed?.items ?? []), ...lastFirst(well)],
    };
  }

  /** What was opened, with its story as it stands now; `undefined` when it is gone. */
  async readStory(opened: Opened): Promise<Opened | undefined> {
    return opened.kind === "task" ? await this.#task(opened) : await this.#worker(opened);
  }

  async #task(opened: OpenedTask): Promise<OpenedTask | undefined> {
    const { store, explainWait } = this.#params;
    const task = await store.findTask(opened.id);
    if (task === undefined) return undefined;
    const isWaiting = !isFinal(task.state) && task.state !== "running";
    const waitsBecause = isWaiting ? await explainWait(task) : undefined;
    const story: TaskStory = {
      task,
      attempts: await store.attemptsOf(task.id),
      log: await this.#log(task, opened.story?.log ?? []),
      ...(waitsBecause !== undefined && { waitsBecause }),
    };
    return { ...opened, story };
  }

  async #log(
    { id: taskId, type }: Task,
    known: readonly StoredLogLine[],
  ): Promise<readonly StoredLogLine[]> {
    const conversation = type === "agent" ? this.#conversation(taskId, known) : undefined;
    const { store } = this.#params;
    let log = known;
    if (log.length === 0) {
      const end = { after: 0, before: Number.MAX_SAFE_INTEGER, limit: longestLog };
      const { lines } = await store.logsOf({ taskId, ...end });
      log = conversation?.tell(lines) ?? lines;
    }
    for (;;) {
      const after = log.at(-1)?.cursor ?? 0;
      const { lines } = await store.logsOf({ taskId, after, limit: logPage });
      const told = conversation?.tell(lines) ?? lines;
      if (told.length > 0) log = [...log, ...told].slice(-longestLog);
      if (lines.length < logPage || told.length === 0) return log;
    }
  }

  /** One for as long as a task is looked at. */
  #conversation(taskId: string, known: readonly StoredLogLine[]): ConversationLog {
    if (this.#told?.taskId !== taskId || known.length === 0) {
      this.#told = { taskId, log: new ConversationLog() };
    }
    return this.#told.log;
  }

  async #worker(opened: OpenedWorker): Promise<OpenedWorker | undefined> {
    const { store } = this.#params;
    const worker = await store.findWorker(opened.id);
    if (worker === undefined) return undefined;
    const found = await Promise.all(worker.taskIds.map((id) => store.findTask(id)));
    const tasks = found.filter((task) => task !== undefined);
    const taskIds = begunFirst(worker.taskIds, tasks);
    const known = opened.story?.events.toReversed() ?? [];
    const story: WorkerStory = {
      worker: { ...worker, taskIds },
      tasks: taskIds.flatMap((taskId) => tasks.find((task) => task.id === taskId) ?? []),
      events: (await this.#events(opened.id, known)).toReversed(),
    };
    return { ...opened, story };
  }

  async #events(workerId: string, known: WorkerStory["events"]): Promise<WorkerStory["events"]> {
    let events = known;
    for (;;) {
      const after = events.at(-1)?.cursor ?? 0;
      const page = await this.#params.store.listEvents({ workerId, after, limit: eventCount });
      if (page.length > 0) events = [...events, ...page].slice(-eventCount);
      if (page.length < eventCount) return events;
    }
  }
}
