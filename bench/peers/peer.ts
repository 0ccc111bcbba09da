import type { DurabilityClass } from "../options.ts";

/**
 * One queue of the field, ours among them, behind the same few words, so that each scenario is
 * written once and everybody is measured by the same clock, handler and count.
 *
 * An adapter says how the peer is used, not how it is measured. It uses what the peer documents for
 * users and nothing else, in two settings: `default` is what somebody gets who reads the first page,
 * `tuned` what the peer's own pages recommend for speed, or for a quick recovery. Both are shown.
 *
 * A stage of one run: a new server in the wanted durability class (if the peer has one), one
 * `Queue` in the bench's process that submits, and `Consumer`s in worker processes. Each task is
 * handled by `order.handle`, which counts it; a peer may call it again for the same task, and that
 * is shown as a duplicate. It must not acknowledge a task before `handle` has resolved.
 */
export interface Peer {
  readonly name: string;
  /** Packages whose versions are printed. */
  readonly packages: readonly string[];
  readonly server: "redis" | "postgres" | "none";
  readonly classes: readonly DurabilityClass[];
  /** What each setting is, for the reader of the table. */
  readonly settings: Partial<Readonly<Record<Setting, string>>>;
  /** Settings that change nothing for a kind of scenario are not measured twice there. */
  readonly tunes?: readonly ScenarioKind[];

  /** Fewer than these it drains more slowly than more of them. */
  readonly leastTasks?: Partial<Readonly<Record<Setting, number>>>;

  /** Makes the queue if it is not there, and opens it to submit. */
  openQueue(place: Place): Promise<Queue>;
  /** Starts to take tasks, in the calling process. */
  consume(order: ConsumeOrder): Promise<Consumer>;
  /** The same with the peer's own child processes for tasks, if it has some. */
  consumeApart?(order: ConsumeOrder): Promise<Consumer>;
  /** Set if it starts and watches worker processes by itself; else the bench starts them. */
  startWorkers?(order: WorkersOrder): Promise<Workers>;
  /** Why a scenario cannot be measured, if so. */
  refuses?(scenario: string, place: PlaceSetting): string | undefined;
}

export type Setting = "default" | "tuned";

export type ScenarioKind = "submit" | "drain" | "latency" | "rest" | "recovery" | "start";

export interface PlaceSetting {
  readonly setting: Setting;
  readonly durability: DurabilityClass;
  readonly kind: ScenarioKind;
}

export interface Place extends PlaceSetting {
  /** Of this run alone. */
  readonly folder: string;
  /** Where the server listens: the path of a socket (Redis), its folder (PostgreSQL). */
  readonly address: string;
}

export interface TaskPayload {
  readonly id: string;
  readonly body: string;
  /** How long the handler takes. */
  readonly ms?: number;
  /** Note start and end in a file at once. */
  readonly mark?: boolean;
}

export interface NewPeerTask {
  readonly payload: TaskPayload;
  readonly runAt?: number;
}

export interface Queue {
  /** Resolves when the task is accepted in the durability of the place. */
  add(task: NewPeerTask): Promise<void>;
  addMany(tasks: readonly NewPeerTask[]): Promise<void>;
  /** Tasks that have not ended. */
  countOpen(): Promise<number>;
  close(): Promise<void>;
}

export interface ConsumeOrder extends Place {
  /** Tasks at a time, in this process. */
  readonly concurrency: number;
  /** Whether the peer's batching may be used to the full. */
  readonly batched: boolean;
  handle(payload: TaskPayload): Promise<void>;
}

export interface Consumer {
  stop(): Promise<void>;
}

export interface WorkersOrder extends Place {
  readonly processes: number;
  readonly concurrency: number;
  readonly batched: boolean;
}

export interface Workers {
  pids(): Promise<readonly number[]>;
  /** One more process beside the others; not for peers that replace a dead one by themselves. */
  addProcess?(): Promise<void>;
  /** What watches over the workers, if the peer has such a process. */
  readonly broker?: Broker;
  stop(): Promise<void>;
}

/** The process whose end takes the queue away: a server, or a supervisor. */
export interface Broker {
  /** It and what it has started of itself. */
  pids(): readonly number[];
  /** Its time so far, its ended children's included. */
  cpuSeconds(): number;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same files; resolves when it answers. */
  restart(): Promise<void>;
}
