import type { FolderGrant } from "../../domain/container.ts";
import { ClxError } from "../../domain/errors.ts";
import { newId } from "../../domain/ids.ts";
import type { WorkerExecutor } from "../../executor/executor.ts";
import { changes } from "../../library/changes.ts";
import { closeAll } from "../../library/make-executors.ts";
import { findOutOfReach, findUntold } from "../../lifecycle/out-of-reach.ts";
import type { RunWorkers } from "../../lifecycle/run-workers.ts";
import { ownIdentity } from "../../machine/process-identity.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { CommandContext } from "../command.ts";
import { makeRunWorkers } from "../workers/make-run-workers.ts";
import type { RunSetup } from "../workers/run-setup.ts";
import { speakingExecutors } from "../workers/speaking-executors.ts";

export interface CrewParams {
  readonly setup: RunSetup;
  /** What opens it, for people. */
  readonly kind: string;
  readonly queue: string;
  /** Those that it may have tasks for. */
  readonly types: ReadonlySet<string>;
  /** What workers in containers must be able to do with files here. */
  readonly folders: () => readonly FolderGrant[];
  /** Say only what goes wrong with its workers. */
  readonly quiet?: boolean;
  /** Start workers although memory or processor are short. */
  readonly force?: boolean;
}

export interface CrewEnd {
  readonly reason: string;
  /** Nobody is given time to end what they do. */
  readonly atOnce?: boolean;
}

/** A session and its workers: for one run, or for several that follow each other. */
export class RunCrew {
  readonly sessionId: string;
  readonly queue: string;
  readonly store: TaskStore;
  readonly workers: RunWorkers;
  readonly #executors: ReadonlyMap<string, WorkerExecutor>;
  readonly #now: () => number;

  private constructor(parts: {
    readonly sessionId: string;
    readonly queue: string;
    readonly store: TaskStore;
    readonly workers: RunWorkers;
    readonly executors: ReadonlyMap<string, WorkerExecutor>;
    readonly now: () => number;
  }) {
    this.sessionId = parts.sessionId;
    this.queue = parts.queue;
    this.store = parts.store;
    this.workers = parts.workers;
    this.#executors = parts.executors;
    this.#now = parts.now;
  }

  /** Opens the session; workers are started when there are tasks for them. */
  static async open(context: CommandContext, params: CrewParams): Promise<RunCrew> {
    const store = await context.openStore("write");
    const { setup, kind, quiet = false, force } = params;
    const now = context.clock;
    const sessionId = newId(now());
    // Others' workers take anybody's tasks of their queue: what shall not be theirs has one of its own.
    const { reuseWorkers, autoStop } = setup.policy;
    const isPrivate =
      (autoStop && !reuseWorkers) || (await areSomeOutOfReach(context, store, params));
    const queue = isPrivate ? `${params.queue}-${sessionId}` : params.queue;
    const executors = speakingExecutors(context);
    const workers = makeRunWorkers(context, {
      ...{ setup, store, executors, queue, sessionId, quiet },
      ...(force !== undefined && { force }),
      followsLog: true,
    });
    const session = { id: sessionId, kind, process: ownIdentity() };
    await store.openSession({ session, now: now() });
    return new RunCrew({ sessionId, queue, store, workers, executors, now });
  }

  /** Resolves once the session is over and nobody of it is left. */
  async close({ reason, atOnce = false }: CrewEnd): Promise<void> {
    const { store, sessionId } = this;
    try {
      const isOpen = (await store.findSession(sessionId)) !== undefined;
      if (isOpen) await store.endSession({ sessionId, reason, now: this.#now() });
    } finally {
      await this.workers.stop({ atOnce });
      await closeAll(this.#executors);
    }
  }
}

/** The start of a container takes seconds, and with the pull of its image minutes. */
const untoldForMs = 30_000;

/** What workers see is known once they have containers: services may have been started just now. */
async function untilTold(params: {
  readonly terminal: CommandContext["terminal"];
  readonly store: TaskStore;
  readonly types: ReadonlySet<string>;
  readonly queue: string;
}): Promise<void> {
  const { terminal, store } = params;
  let isSaid = false;
  for await (const _ of changes(store, AbortSignal.timeout(untoldForMs))) {
    const untold = await findUntold(params);
    if (untold.length === 0) return;
    const ids = untold.map(({ id }) => id).join(", ");
    if (!isSaid && !terminal.json) terminal.note(`waiting for the start of workers: ${ids}`);
    isSaid = true;
  }
}

async function areSomeOutOfReach(
  { terminal }: CommandContext,
  store: TaskStore,
  { types, queue, folders, setup }: CrewParams,
): Promise<boolean> {
  await untilTold({ terminal, store, types, queue });
  const blind = await findOutOfReach({ store, types, queue, folders });
  if (blind.length === 0) return false;
  const ids = blind.map(({ id }) => id).join(", ");
  if (!setup.policy.autoStop) throw wouldTakeOurs(ids);
  if (!terminal.json) {
    terminal.note(`not using the workers in containers that do not see these files: ${ids}`);
  }
  return true;
}

/** Workers that shall stay serve the queue that others read too. */
function wouldTakeOurs(ids: string): ClxError {
  return new ClxError(
    "services_conflict",
    `workers in containers run already that do not see these files and would take these tasks: ${ids}; start them again with workers.docker_workspace naming what is written, or let workers be stopped at the end (auto_stop)`,
  );
}
