import { z } from "zod";
import { readLog } from "../operations/read-log.ts";
import { findTask } from "../operations/task-acts.ts";
import { json } from "../reply.ts";
import { defineRoute, type Route } from "../route.ts";
import { taskId, wholeText } from "../schemas/fields.ts";
import { logAnswer } from "../schemas/log-answer.ts";

const params = z.object({ id: taskId });

const logs = defineRoute({
  method: "GET",
  path: "/api/tasks/:id/logs",
  name: "getTaskLogs",
  tag: "tasks",
  summary: "Log lines of a task",
  details:
    "From the beginning, or from after a cursor (`after`), or the last ones before one (`before`), or simply the last ones (`tail`). `limit` is 1000 unless given.",
  needs: "viewer",
  params,
  query: z.strictObject({
    after: wholeText({ max: Number.MAX_SAFE_INTEGER }).optional(),
    before: wholeText({ max: Number.MAX_SAFE_INTEGER }).optional(),
    tail: wholeText({ min: 1, max: 5_000 }).optional(),
    limit: wholeText({ min: 1, max: 5_000 }).optional(),
  }),
  answers: { 200: { description: "The lines.", schema: logAnswer } },
  async handle({ params: { id }, query, server }) {
    await findTask(server.store, id);
    return json(await readLog(server.store, { taskId: id, ...query }));
  },
});

export const taskLogRoutes: readonly Route[] = [logs];
