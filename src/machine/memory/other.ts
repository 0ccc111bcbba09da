import { availableParallelism, freemem, totalmem } from "node:os";

export function otherMachine() {
  return {
    memoryTotal: totalmem(),
    memoryAvailable: freemem(),
    physicalCores: availableParallelism(),
    oomKills: 0,
  };
}
