import { z } from "zod";
import { bulkActions } from "../../domain/bulk.ts";
import { taskStates } from "../../domain/task-state.ts";
import type { TaskFilter } from "../../store/task-store.ts";
import type { Selection } from "../bulk/selection.ts";
import { instant, taskId, text } from "./fields.ts";
import { taskQuery } from "./task-query.ts";

const mostIds = 10_000;

export const bulkAction = z.enum(bulkActions);

const filter = z
  .strictObject({
    status: z.array(z.enum(taskStates)).min(1).optional(),
    ...taskQuery.pick({
      ...{ type: true, queue: true, tag: true, workerId: true, sessionId: true },
      ...{ dependsOn: true, idPrefix: true, failureKind: true, search: true },
    }).shape,
    createdAfter: instant.optional(),
    createdBefore: instant.optional(),
  })
  .meta({ description: "As for the list of tasks; an empty one fits all." });

export const bulkRequest = z
  .strictObject({
    action: bulkAction,
    filter: filter.optional(),
    ids: z.array(taskId).min(1).max(mostIds).optional(),
    reason: text(500).optional().meta({ description: "Of a cancellation." }),
  })
  .refine(
    ({ filter: some, ids }) => (some === undefined) !== (ids === undefined),
    "must have either a filter or ids",
  );

export const bulkQuery = taskQuery
  .omit({ order: true, after: true, limit: true, offset: true })
  .extend({
    action: bulkAction,
    ids: z
      .union([z.string(), z.array(z.string())])
      .transform((given) => [given].flat().flatMap((one) => one.split(",")))
      .pipe(z.array(taskId).max(mostIds))
      .optional()
      .meta({ type: "string", description: "Instead of a filter: ids, parted by commas." }),
  });

export function selectionOf({
  filter: some = {},
  ids,
}: Pick<z.output<typeof bulkRequest>, "filter" | "ids">): Selection {
  if (ids !== undefined) return { kind: "ids", ids };
  const { status, search, ...same } = some;
  const given = Object.entries({ ...same, states: status, text: search });
  const wanted = given.filter(([, value]) => value !== undefined);
  return { kind: "filter", filter: Object.fromEntries(wanted) as TaskFilter };
}

const reasons = z.array(z.object({ reason: z.string(), count: z.int() }));

export const bulkPreview = z
  .object({
    action: bulkAction,
    eligible: z.int(),
    skipped: z.int(),
    reasons,
    isAtLeast: z.boolean().meta({ description: "There are more than are counted." }),
  })
  .meta({ id: "BulkPreview" });

export const bulkAnswer = z
  .object({
    id: z.string(),
    action: bulkAction,
    selection: z.string(),
    by: z.string(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().optional(),
    state: z.enum(["running", "done", "stopped", "failed"]),
    expected: bulkPreview,
    done: z.int(),
    skipped: z.int(),
    failed: z.int(),
    reasons,
    errors: z.array(z.object({ taskId: z.string(), message: z.string() })),
    message: z.string().optional(),
  })
  .meta({ id: "BulkWork" });
