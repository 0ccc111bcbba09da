import { z } from "zod";

const specFiveWorker = z
  .object({
    worker_id: z.string(),
    type: z.string(),
    pid: z.int().nullable(),
    state: z.enum(["STARTING", "RUNNING", "DRAINING", "FAILED", "DEAD"]),
    started_at: z.iso.datetime(),
    heartbeat: z.iso.datetime().nullable(),
    time_since_heartbeat: z.string(),
    memory: z.number().meta({ description: "Of all its processes, in bytes." }),
    cpu: z.number().meta({ description: "100 is one core." }),
    log_path: z.string().nullable(),
    tasks: z.array(z.string()),
    is_stalled: z.boolean(),
    appears_dead: z.boolean(),
    error: z.string().nullable().meta({ description: "The last it wrote, if it failed." }),
    reason: z.string().nullable(),
  })
  .meta({ id: "WorkerStatus" });

export const specFiveStatus = z
  .object({
    workers: z.array(specFiveWorker),
    limits: z.object({
      admissible: z.int(),
      active: z.int(),
      peak_per_worker: z.number(),
      can_add: z.boolean(),
      no_capacity: z.boolean(),
      refused_by: z.enum(["memory", "cpu", "cap", "ceiling"]).nullable(),
      message: z.string().nullable(),
    }),
    memory: z.object({
      total: z.number(),
      available: z.number(),
      used: z.number(),
      percent: z.number(),
    }),
    queue: z.object({ pending: z.int(), running: z.int() }),
  })
  .meta({ id: "WorkersStatus" });

export type SpecFiveWorker = z.output<typeof specFiveWorker>;
export type SpecFiveStatus = z.output<typeof specFiveStatus>;
