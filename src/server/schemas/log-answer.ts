import { z } from "zod";

export const logLine = z
  .object({
    cursor: z.int().meta({ description: "Position in the task's log, from 1." }),
    attempt: z.int(),
    at: z.iso.datetime(),
    stream: z.enum(["stdout", "stderr", "log"]),
    line: z.string(),
  })
  .meta({ id: "LogLine" });

export const logAnswer = z
  .object({
    taskId: z.string(),
    logs: z.array(z.string()).meta({ description: "The text of the lines alone." }),
    lines: z.array(logLine),
    dropped: z.int().meta({ description: "How many lines in between were not kept." }),
    next: z.int().optional().meta({ description: "As `after`, it gets the lines that follow." }),
  })
  .meta({ id: "Log" });

export type LogAnswer = z.output<typeof logAnswer>;
