import { z } from "zod";
import { workerStates } from "../../domain/worker-state.ts";

/** A served place, as spec 4 has it, and what is known of its worker. */
export const workerAnswer = z
  .object({
    workerId: z
      .string()
      .meta({ description: "Of the place: it stays when its process is replaced." }),
    pid: z.int().nullable(),
    startTime: z.iso.datetime().nullable(),
    uptime: z.int().meta({ description: "Milliseconds." }),
    restartCount: z.int().meta({ description: "0 again after a healthy time." }),
    connected: z.boolean(),
    type: z.string(),
    status: z.enum(workerStates).nullable(),
    storeId: z.string().optional().meta({ description: "Of the process, in events and tasks." }),
    mode: z.string().optional(),
    tasks: z.array(z.string()).meta({ description: "Ids of those it has." }),
    tasksCompleted: z.int(),
    tasksFailed: z.int(),
    heartbeatAt: z.iso.datetime().optional(),
    memory: z.number().optional().meta({ description: "Of all its processes, in bytes." }),
    cpuPercent: z
      .number()
      .optional()
      .meta({ description: "100 is one core. Absent until it was measured twice." }),
    trouble: z.string().optional().meta({ description: "Why nobody fills the place." }),
    ending: z
      .object({
        reason: z.string(),
        exitCode: z.int().optional(),
        signal: z.string().optional(),
        logTail: z.string().optional(),
      })
      .optional(),
  })
  .meta({ id: "Worker" });

export type WorkerAnswer = z.output<typeof workerAnswer>;
