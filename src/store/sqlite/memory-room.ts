import { liveWorkerStates } from "../../domain/worker-state.ts";
import type { Connection } from "./connection.ts";
import { sqlList } from "./guards.ts";
import type { WorkerFacts } from "./worker-facts.ts";

/** What is left of a host's memory while one of its workers claims. */
export interface MemoryRoom {
  /** Whether another task fits; if so, its memory is taken. */
  admits(expectedMemory: number): boolean;
}

interface Reservation {
  readonly id: string;
  readonly expected_memory: number;
  readonly running_memory: number;
  readonly usage_memory: number;
}

const reservationsSql = `
  select id, expected_memory, ifnull(usage_memory, 0) as usage_memory,
         (select ifnull(sum(tasks.expected_memory), 0)
          from   tasks
          where  tasks.worker_id = workers.id and tasks.state = 'running') as running_memory
  from   workers
  where  status in (${sqlList(liveWorkerStates)}) and host is ?`;

export function memoryRoom(db: Connection, claimant: WorkerFacts, memoryFree: number): MemoryRoom {
  const workers = db.all<Reservation>(reservationsSql, claimant.host);
  let left = workers.reduce((free, worker) => free - notYetUsed(worker), memoryFree);
  let own = workers.find(({ id }) => id === claimant.id) ?? {
    ...claimant,
    running_memory: 0,
    usage_memory: 0,
  };
  return {
    admits(expectedMemory) {
      const withTask = { ...own, running_memory: own.running_memory + expectedMemory };
      const extra = notYetUsed(withTask) - notYetUsed(own);
      if (expectedMemory > claimant.expected_memory && extra > left) return false;
      left -= extra;
      own = withTask;
      return true;
    },
  };
}

/** What a worker will still ask of the machine: it needs its own peak or that of its tasks. */
function notYetUsed({ expected_memory, running_memory, usage_memory }: Reservation): number {
  return Math.max(0, Math.max(expected_memory, running_memory) - usage_memory);
}
