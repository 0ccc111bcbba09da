import type { ProcessIdentity, Worker } from "../../domain/worker.ts";
import { isAlive } from "../../machine/process-identity.ts";
import type { ProcessSign, WorkerSigns } from "../judge-silence.ts";
import type { Look, Sighting } from "../sightings.ts";

/** What one look at a worker's row and at the processes of this host tells. */
export interface WorkerFacts {
  readonly worker: Worker;
  readonly process: ProcessSign;
  readonly keeper: WorkerSigns["keeper"];
  readonly orphaned: boolean;
}

export interface Onlooker {
  /** Workers in our care. */
  readonly isOurs: (workerId: string) => boolean;
  readonly host: string;
  /** Other machines may share this store, perhaps by the same name. */
  readonly spansMachines: boolean;
  /** What executors say of workers whose processes nobody can see from here: containers. */
  readonly running: ReadonlyMap<string, boolean>;
}

export function readFacts(worker: Worker, onlooker: Onlooker): WorkerFacts {
  const parent = signOf(worker.parent, onlooker);
  const isOurs = onlooker.isOurs(worker.id);
  return {
    worker,
    process: processSign(worker, onlooker),
    keeper: isOurs ? "us" : parent === "alive" ? "other" : "nobody",
    orphaned: parent === "gone",
  };
}

export function lookOf({ worker, process, orphaned }: WorkerFacts): Look {
  return {
    id: worker.id,
    beats: worker.beats,
    isGone: process === "gone",
    isOrphaned: orphaned,
  };
}

export function signsOf(facts: WorkerFacts, sighting: Sighting): WorkerSigns {
  const { worker, process, keeper, orphaned } = facts;
  return {
    state: worker.state,
    process,
    keeper,
    orphaned,
    persistent: worker.persistent,
    holdsTasks: worker.taskIds.length > 0,
    ...sighting,
  };
}

/** Its parent, if it had one, is gone: whether it runs is for anybody to find out. */
export function isNobodys({ parent }: Worker): boolean {
  return parent === undefined || isAlive(parent) === false;
}

function processSign({ id, process }: Worker, onlooker: Onlooker): ProcessSign {
  const isRunning = onlooker.running.get(id);
  if (isRunning !== undefined) return isRunning ? "alive" : "gone";
  return signOf(process, onlooker);
}

function signOf(process: ProcessIdentity | undefined, onlooker: Onlooker): ProcessSign {
  if (process === undefined) return "none";
  const alive = isAlive(process);
  if (alive !== "unknown") return alive ? "alive" : "gone";
  return isOfFormerBoot(process, onlooker) ? "gone" : "hidden";
}

/** The same machine by name, started again since: nothing of before lives. */
function isOfFormerBoot({ host }: ProcessIdentity, { host: own, spansMachines }: Onlooker) {
  if (spansMachines) return false;
  const [name, boot] = host.split("/");
  const [ownName, ownBoot] = own.split("/");
  return name === ownName && boot !== undefined && boot !== ownBoot;
}
