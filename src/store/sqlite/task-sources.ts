import { finalTaskStates, type TaskState } from "../../domain/task-state.ts";

/** A partial index, and the condition that it needs. */
export interface TaskSource {
  readonly index: string;
  readonly condition: string;
  /** Whether it holds tasks that have ended, and knows when. */
  readonly hasEnded: boolean;
  /** Whether those in it run at a time of their own. */
  readonly isTimed?: true;
  /** Reads the index from its end, where the newest tasks mostly are. */
  readonly backwards?: string;
}

/**
 * Where the tasks of a state are found without reading those of the others, so that looking for
 * the few that run costs the same beside a million that have completed.
 */
export function sourcesOf(state: TaskState, { inSession }: { readonly inSession: boolean }) {
  return inSession
    ? sources[state].map((source) => narrowed(source))
    : sources[state].map(({ indexInSession: _, ...source }): TaskSource => source);
}

function narrowed({ index, indexInSession, condition, ...source }: Source): TaskSource {
  return {
    ...source,
    index: indexInSession ?? index,
    condition: `${condition} and session_id = :sessionId`,
  };
}

interface Source extends TaskSource {
  readonly indexInSession?: string;
}

const ended = Object.fromEntries(
  finalTaskStates.map((state) => [
    state,
    [
      {
        index: "tasks_ended",
        condition: `state = '${state}' and ended_at is not null`,
        hasEnded: true,
        backwards: "ended_at desc",
      },
    ],
  ]),
) as unknown as Record<(typeof finalTaskStates)[number], readonly Source[]>;

const sources: Record<TaskState, readonly Source[]> = {
  blocked: [{ index: "tasks_blocked", condition: "state = 'blocked'", hasEnded: false }],
  pending: [
    {
      index: "tasks_due",
      indexInSession: "tasks_due_in_session",
      condition: "state = 'pending' and ready = 1",
      hasEnded: false,
      backwards: "type desc, queue desc, priority, seq desc",
    },
    {
      index: "tasks_waiting",
      indexInSession: "tasks_waiting_in_session",
      condition: "state = 'pending' and ready = 0",
      hasEnded: false,
      isTimed: true,
    },
  ],
  running: [{ index: "tasks_running", condition: "state = 'running'", hasEnded: false }],
  ...ended,
};
