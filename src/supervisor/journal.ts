import { type EventType, type NewEvent, poolEventTypes } from "../domain/event.ts";
import { ownIdentity } from "../machine/process-identity.ts";
import type { TaskStore } from "../store/task-store.ts";
import type { Clock } from "./clock.ts";
import type { Patience } from "./patience.ts";

export interface JournalParams {
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly patience: Patience;
  readonly onEvent?: (event: NewEvent) => void;
  readonly onError: (error: unknown) => void;
}

/** Appends the supervisor's events in order. An event that cannot be kept stops nobody. */
export class Journal {
  readonly #params: JournalParams;
  #last: Promise<void> = Promise.resolve();

  constructor(params: JournalParams) {
    this.#params = params;
  }

  /** Resolves once the event is kept, or given up. */
  note(event: Omit<NewEvent, "at">): Promise<void> {
    const noted: NewEvent = { ...signed(event), at: this.#params.clock.now() };
    this.#last = this.#last.then(() => this.#append(noted)).catch(this.#params.onError);
    return this.#last;
  }

  /** Resolves once all events noted so far are kept, or given up. */
  flush(): Promise<void> {
    return this.#last;
  }

  async #append(event: NewEvent): Promise<void> {
    const { store, patience, onEvent } = this.#params;
    await patience.insist(() => store.appendEvents({ events: [event] }));
    onEvent?.(event);
  }
}

const signedTypes: readonly EventType[] = [
  ...poolEventTypes,
  "supervisor_started",
  "supervisor_stopped",
];

/** Pools of several supervisors may have one name: who speaks of one says whose it is. */
function signed(event: Omit<NewEvent, "at">): Omit<NewEvent, "at"> {
  if (!signedTypes.includes(event.type)) return event;
  return { ...event, data: { ...event.data, supervisor: { ...ownIdentity() } } };
}
