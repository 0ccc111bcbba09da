import { availableParallelism, freemem, totalmem } from "node:os";

export function otherMachine() {
  return { ...otherMemory(), physicalCores: availableParallelism(), oomKills: 0 };
}

export function otherMemory() {
  return { memoryTotal: totalmem(), memoryAvailable: freemem() };
}
