import { z } from "zod";
import type { BulkStanding } from "../../domain/bulk.ts";
import { bulkWorkOf } from "../bulk/bulk-work.ts";
import { describeSelection } from "../bulk/selection.ts";
import { json } from "../reply.ts";
import { defineRoute, type Route } from "../route.ts";
import { bulkAnswer, bulkPreview, bulkQuery, bulkRequest, selectionOf } from "../schemas/bulk.ts";
import { text } from "../schemas/fields.ts";

const params = z.object({ id: text(100) });

const list = defineRoute({
  method: "GET",
  path: "/api/bulk",
  name: "listBulkWork",
  tag: "tasks",
  summary: "Bulk work that runs, and the last that ran",
  needs: "viewer",
  answers: {
    200: { description: "Newest first.", schema: z.object({ bulk: z.array(bulkAnswer) }) },
  },
  handle: ({ server }) => json({ bulk: bulkWorkOf(server).list().map(answerOf) }),
});

const preview = defineRoute({
  method: "GET",
  path: "/api/bulk/preview",
  name: "previewBulkWork",
  tag: "tasks",
  summary: "To how many tasks something would be done, and to how many not",
  needs: "viewer",
  query: bulkQuery,
  answers: { 200: { description: "What would happen.", schema: bulkPreview } },
  async handle({ query: { action, ids, ...filter }, server }) {
    const selection = selectionOf(ids === undefined ? { filter } : { ids });
    return json(await bulkWorkOf(server).preview(action, selection));
  },
});

const start = defineRoute({
  method: "POST",
  path: "/api/bulk",
  name: "startBulkWork",
  tag: "tasks",
  summary: "Cancel, retry or delete many tasks",
  details:
    "All that fit a filter, or those named by `ids`. It goes on after the answer; tasks that are submitted from now on are not touched. `GET /api/bulk/:id` tells how far it is.",
  needs: "operator",
  action: "bulk.start",
  isNewWork: true,
  body: bulkRequest,
  answers: { 202: { description: "It has begun.", schema: bulkAnswer } },
  async handle({ body, server, caller, audit }) {
    const { action, reason } = body;
    const selection = selectionOf(body);
    audit({ target: `${action}: ${describeSelection(selection)}` });
    const begun = await bulkWorkOf(server).start({ action, selection, caller, reason });
    const { eligible, skipped, isAtLeast } = begun.expected;
    audit({ reason: `${isAtLeast ? "at least " : ""}${eligible} eligible, ${skipped} not` });
    return json(answerOf(begun), { status: 202, headers: { Location: `/api/bulk/${begun.id}` } });
  },
});

const show = defineRoute({
  method: "GET",
  path: "/api/bulk/:id",
  name: "getBulkWork",
  tag: "tasks",
  summary: "How far a piece of bulk work is",
  needs: "viewer",
  params,
  answers: { 200: { description: "As it stands.", schema: bulkAnswer } },
  handle: ({ params: { id }, server }) => json(answerOf(bulkWorkOf(server).find(id))),
});

const stop = defineRoute({
  method: "POST",
  path: "/api/bulk/:id/stop",
  name: "stopBulkWork",
  tag: "tasks",
  summary: "Do it to no more tasks",
  details: "What has been done stays done. Harmless when it has ended.",
  needs: "operator",
  action: "bulk.stop",
  params,
  body: z.strictObject({}),
  bodyIsOptional: true,
  answers: { 200: { description: "It has ended.", schema: bulkAnswer } },
  async handle({ params: { id }, server }) {
    return json(answerOf(await bulkWorkOf(server).stop(id)));
  },
});

function answerOf({ startedAt, endedAt, ...rest }: BulkStanding): z.output<typeof bulkAnswer> {
  const { reasons, errors, expected, ...same } = rest;
  return {
    ...same,
    expected: { ...expected, reasons: [...expected.reasons] },
    reasons: [...reasons],
    errors: [...errors],
    startedAt: new Date(startedAt).toISOString(),
    ...(endedAt !== undefined && { endedAt: new Date(endedAt).toISOString() }),
  };
}

export const bulkRoutes: readonly Route[] = [list, preview, start, show, stop];
