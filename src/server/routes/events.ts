import { z } from "zod";
import { eventTypes } from "../../domain/event.ts";
import { cursorAt } from "../../library/cursor-at.ts";
import { lastCursor } from "../../library/last-cursor.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { json } from "../reply.ts";
import { defineRoute, type Route } from "../route.ts";
import { text, wholeText, wordsText } from "../schemas/fields.ts";
import { eventAnswer, eventAnswerOf } from "../stream/event-answer.ts";
import { exportEvents, exportMedia } from "../stream/export-events.ts";

export const eventFilter = {
  type: wordsText(eventTypes).optional(),
  task: text(100).optional().meta({ description: "Events of this task alone." }),
  worker: text(100).optional().meta({ description: "Events of this worker alone." }),
};

export const cursorText = wholeText({ max: Number.MAX_SAFE_INTEGER });

/** As the store has it. */
export function filterOf({
  type: types,
  task: taskId,
  worker: workerId,
}: z.output<z.ZodObject<typeof eventFilter>>) {
  return {
    ...(types !== undefined && { types }),
    ...(taskId !== undefined && { taskId }),
    ...(workerId !== undefined && { workerId }),
  };
}

/** Where to begin: no event of a task, or of a worker, is from before it was there. */
export async function beginningOf(
  store: TaskStore,
  params: { readonly taskId?: string; readonly workerId?: string; readonly after: number },
): Promise<number> {
  const { taskId, workerId, after } = params;
  const task = taskId === undefined ? undefined : await store.findTask(taskId);
  const worker = workerId === undefined ? undefined : await store.findWorker(workerId);
  const since = task?.createdAt ?? worker?.registeredAt;
  return since === undefined ? after : Math.max(after, await cursorAt(store, since));
}

const listEvents = defineRoute({
  method: "GET",
  path: "/api/events",
  name: "listEvents",
  tag: "events",
  summary: "What has happened, newest first",
  details:
    "A page at a time: give the `next` of one as `before` to get the following. With `format=jsonl` or `format=csv` it is an export instead: all events that fit, oldest first, without pages.",
  needs: "viewer",
  query: z.strictObject({
    ...eventFilter,
    before: cursorText.optional().meta({ description: "Only events before this cursor." }),
    after: cursorText.optional().meta({ description: "Only events after this cursor." }),
    limit: wholeText({ min: 1, max: 1_000 }).optional(),
    format: z.enum(["json", "jsonl", "csv"]).optional(),
  }),
  answers: {
    200: {
      description: "Events",
      schema: z.object({
        events: z.array(eventAnswer),
        next: z.int().optional().meta({ description: "Absent on the last page." }),
      }),
    },
  },
  async handle({ query, server: { store } }) {
    const { before, after: from = 0, limit = 100, format = "json", ...rest } = query;
    const wanted = filterOf(rest);
    const after = await beginningOf(store, { ...wanted, after: from });
    const filter = { ...wanted, after };
    if (format !== "json") {
      const last = before === undefined ? await lastCursor(store) : before - 1;
      return new Response(exportEvents({ store, format, filter, last }), {
        headers: {
          "Content-Type": exportMedia[format],
          "Content-Disposition": `attachment; filename="events.${format}"`,
        },
      });
    }
    const found = await store.listEvents({
      ...filter,
      limit: limit + 1,
      newestBefore: before ?? "end",
    });
    const events = found.slice(0, limit).map(eventAnswerOf);
    const next = found.length > limit ? events.at(-1)?.cursor : undefined;
    return json({ events, ...(next !== undefined && { next }) });
  },
});

export const eventRoutes: readonly Route[] = [listEvents];
