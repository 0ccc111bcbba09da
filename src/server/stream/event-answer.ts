import { z } from "zod";
import { eventTypes, type LoggedEvent } from "../../domain/event.ts";

/** What is not known is left out. */
export const eventAnswer = z
  .object({
    cursor: z.int().meta({ description: "Its position in the log; grows." }),
    at: z.iso.datetime(),
    type: z.enum(eventTypes),
    message: z.string().optional(),
    workerId: z.string().optional(),
    workerType: z.string().optional(),
    mode: z.string().optional(),
    taskId: z.string().optional(),
    sessionId: z.string().optional(),
    data: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "Event" });

export type EventAnswer = z.output<typeof eventAnswer>;

export function eventAnswerOf({ cursor, at, type, ...rest }: LoggedEvent): EventAnswer {
  return { cursor, at: new Date(at).toISOString(), type, ...rest };
}
