import { ClxError } from "../domain/errors.ts";
import type { MachineFacts } from "../machine/memory.ts";
import { memoryGuard } from "../machine/memory-guard.ts";

const gib = 1024 ** 3;
const mib = 1024 ** 2;

/**
 * May one more worker start on this host?
 *
 * Theory of operation
 *
 * Memory: a guard is kept for everything else (2 GiB or a tenth of the machine, whichever is
 * more; 1 GiB more on Windows). Of what is available beyond it, live workers have reserved what
 * they are expected to need at their peak and do not use yet. macOS under pressure halves what
 * is left. The rest, in units of the new worker's expected peak, is the number of free slots.
 *
 * Processor: no more live workers than physical cores, all pools of the host together.
 * Cap: workers that somebody adds by hand stop at `hardCap`; configured counts do not.
 *
 * A pool that has no worker yet may always have its first one as far as processor and cap are
 * concerned: a machine with two cores must still be able to run three kinds of converters. A
 * first worker that is small (`smallPeak`) need not leave the guard free either, or nothing would
 * ever run in a container of 2 GiB; it must fit into what is available all the same.
 *
 * `force` goes past memory, processor and cap, never past the ceiling.
 */
export function judgeAdmission(facts: AdmissionFacts): Admission {
  const room = measureRoom(facts);
  const refused = facts.force ? overCeiling(facts) : (overCeiling(facts) ?? overLimit(facts, room));
  if (refused === undefined) return { kind: "admitted", room };
  return { kind: "refused", ...refused, room };
}

export interface AdmissionFacts {
  readonly machine: MachineFacts;
  /** All live workers of this host, whoever started them. */
  readonly workers: readonly HostedWorker[];
  readonly wanted: {
    readonly type: string;
    readonly expectedMemory: number;
    /** Asked for by somebody at run time, beyond what is configured. */
    readonly byHand: boolean;
  };
  readonly limits: AdmissionLimits;
  readonly force: boolean;
  /** How whoever is refused can force it, such as "use --force"; absent: there is no way. */
  readonly wayPast?: string;
}

export interface HostedWorker {
  readonly type: string;
  readonly expectedMemory: number;
  /** Resident memory of its tree; nothing known yet counts as nothing used. */
  readonly memory: number;
}

export interface AdmissionLimits {
  /** For workers added by hand: all live workers of the host, the new one included. */
  readonly hardCap: number;
  /** Not even `force` goes past so many workers on a host. */
  readonly ceiling: number;
  /** Instead of the number of physical cores. */
  readonly cores?: number;
  /** Expected peak up to which a first worker counts as small. */
  readonly smallPeak: number;
}

export const defaultAdmissionLimits: AdmissionLimits = {
  hardCap: 4,
  ceiling: 128,
  smallPeak: 512 * mib,
};

export type AdmissionLimit = "memory" | "cpu" | "cap" | "ceiling";

/** What there was to give, for the log and for people. Bytes. */
export interface AdmissionRoom {
  readonly available: number;
  readonly guard: number;
  /** Expected by live workers and not used by them yet. */
  readonly reserved: number;
  readonly free: number;
  readonly slots: number;
  readonly live: number;
  /** How many live workers there may be in all. */
  readonly admissible: number;
}

export type Admission =
  | { readonly kind: "admitted"; readonly room: AdmissionRoom }
  | {
      readonly kind: "refused";
      readonly limit: AdmissionLimit;
      readonly message: string;
      readonly room: AdmissionRoom;
    };

export type Refusal = Extract<Admission, { kind: "refused" }>;

export class AdmissionRefusedError extends ClxError {
  readonly limit: AdmissionLimit;
  readonly room: AdmissionRoom;

  constructor(refusal: Refusal) {
    super("admission_refused", refusal.message);
    this.limit = refusal.limit;
    this.room = refusal.room;
  }
}

function measureRoom(facts: AdmissionFacts): AdmissionRoom {
  const { machine, workers, wanted, limits } = facts;
  const guard = memoryGuard(machine);
  const reserved = workers.reduce((sum, worker) => sum + unused(worker), 0);
  const left = machine.memoryAvailable - guard - reserved;
  const free = machine.pressure === "normal" ? left : left / 2;
  const slots = Math.max(0, Math.floor(free / Math.max(1, wanted.expectedMemory)));
  const cap = wanted.byHand ? limits.hardCap : limits.ceiling;
  const admissible = Math.min(workers.length + slots, coresOf(facts), cap);
  return {
    available: machine.memoryAvailable,
    guard,
    reserved,
    free,
    slots,
    live: workers.length,
    admissible,
  };
}

function unused({ expectedMemory, memory }: HostedWorker): number {
  return Math.max(0, expectedMemory - memory);
}

function coresOf({ machine, limits }: AdmissionFacts): number {
  return limits.cores ?? machine.physicalCores;
}

type Excess = { readonly limit: AdmissionLimit; readonly message: string };

function overCeiling({ workers, limits, wanted }: AdmissionFacts): Excess | undefined {
  if (workers.length < limits.ceiling) return undefined;
  return {
    limit: "ceiling",
    message: `no further ${wanted.type} worker: ${workers.length} workers live on this host, and ${limits.ceiling} is the most there may ever be; end some first`,
  };
}

function overLimit(facts: AdmissionFacts, room: AdmissionRoom): Excess | undefined {
  const isFirst = !facts.workers.some(({ type }) => type === facts.wanted.type);
  const noMemory = lacksMemory(facts, room, isFirst);
  if (noMemory) return { limit: "memory", message: explainMemory(facts, room) };
  if (isFirst) return undefined;
  return overCores(facts, room) ?? overCap(facts, room);
}

function lacksMemory(facts: AdmissionFacts, room: AdmissionRoom, isFirst: boolean): boolean {
  if (room.slots > 0) return false;
  const { expectedMemory } = facts.wanted;
  const isSmall = isFirst && expectedMemory <= facts.limits.smallPeak;
  return !isSmall || room.available - room.reserved < expectedMemory;
}

function overCores(facts: AdmissionFacts, room: AdmissionRoom): Excess | undefined {
  const cores = coresOf(facts);
  if (room.live < cores) return undefined;
  const way = facts.wayPast === undefined ? "" : `; to go past that, ${facts.wayPast}`;
  return {
    limit: "cpu",
    message: `no further ${facts.wanted.type} worker: ${room.live} workers live on this host, which has ${cores} physical cores${way}`,
  };
}

function overCap(facts: AdmissionFacts, room: AdmissionRoom): Excess | undefined {
  const { wanted, limits, wayPast } = facts;
  if (!wanted.byHand || room.live < limits.hardCap) return undefined;
  return {
    limit: "cap",
    message: `no further ${wanted.type} worker: ${room.live} workers live on this host, and the cap for workers added by hand is ${limits.hardCap}; ${anyOf.format(["raise it", ...(wayPast === undefined ? [] : [wayPast])])}`,
  };
}

function explainMemory(facts: AdmissionFacts, room: AdmissionRoom): string {
  const { wanted, machine, wayPast } = facts;
  const ways = ["free some memory", "lower what is expected"];
  if (wayPast !== undefined) ways.push(wayPast);
  const halved = machine.pressure === "normal" ? "" : ", halved because memory is under pressure";
  return (
    `no further ${wanted.type} worker: it is expected to need ${inGib(wanted.expectedMemory)} at its peak and ${inGib(Math.max(0, room.free))} are free ` +
    `(${inGib(room.available)} available, less ${inGib(room.guard)} kept for the system and ${inGib(room.reserved)} reserved by ${room.live} live workers${halved}); ` +
    anyOf.format(ways)
  );
}

const anyOf = new Intl.ListFormat("en-US", { type: "disjunction" });

function inGib(bytes: number): string {
  return `${(bytes / gib).toFixed(1)} GiB`;
}
