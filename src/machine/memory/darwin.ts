import { availableParallelism, freemem, totalmem } from "node:os";
import { outputOf } from "../program-output.ts";

export function darwinMachine() {
  return {
    ...darwinMemory(),
    physicalCores: Number(answerOf("sysctl", ["-n", "hw.physicalcpu"])) || availableParallelism(),
    pressure: pressureOf(answerOf("sysctl", ["-n", "kern.memorystatus_vm_pressure_level"])),
    oomKills: 0,
  };
}

export function darwinMemory() {
  const memoryTotal = totalmem();
  const memoryAvailable = availableOf(memoryTotal, answerOf("memory_pressure", ["-Q"]));
  return { memoryTotal, memoryAvailable };
}

export function availableOf(total: number, memoryPressure: string): number {
  const free = /free percentage:\s*(\d+)%/.exec(memoryPressure)?.[1];
  return free === undefined ? freemem() : (total * Number(free)) / 100;
}

export function pressureOf(level: string): "normal" | "warning" | "critical" {
  if (level.trim() === "4") return "critical";
  return level.trim() === "2" ? "warning" : "normal";
}

function answerOf(program: string, args: string[]): string {
  return outputOf(program, args, { timeoutMs: 2_000 });
}
