import { z } from "zod";
import { listTasks } from "../operations/list-tasks.ts";
import { submitTasks } from "../operations/submit-tasks.ts";
import { taskJson } from "../outgoing/task-json.ts";
import { json } from "../reply.ts";
import { defineRoute, type Route } from "../route.ts";
import { taskAnswer } from "../schemas/task-answer.ts";
import { taskQuery } from "../schemas/task-query.ts";
import { taskRequest } from "../schemas/task-request.ts";

const submit = defineRoute({
  method: "POST",
  path: "/api/tasks",
  name: "submitTask",
  tag: "tasks",
  summary: "Hand in a task",
  needs: "operator",
  action: "task.submit",
  isNewWork: true,
  body: taskRequest,
  answers: { 202: { description: "The task is durable.", schema: taskAnswer } },
  async handle({ body, caller, server, audit }) {
    const [submitted] = await submitTasks({ server, caller, requests: [body] });
    if (!submitted) throw new Error("the store answered without the task");
    const { task } = submitted;
    audit({ target: task.id });
    return json(taskJson(task), { status: 202, headers: { Location: `/api/tasks/${task.id}` } });
  },
});

const list = defineRoute({
  method: "GET",
  path: "/api/tasks",
  name: "listTasks",
  tag: "tasks",
  summary: "List tasks, newest first",
  needs: "viewer",
  query: taskQuery,
  answers: {
    200: {
      description: "A page of tasks.",
      schema: z.object({
        tasks: z.array(taskAnswer),
        total: z.int(),
        limit: z.int(),
        offset: z.int(),
        next: z.string().optional(),
      }),
    },
  },
  async handle({ query, server }) {
    const { items, total, next } = await listTasks(server.store, query);
    const { limit = 20, offset = 0 } = query;
    return json({ tasks: items.map(taskJson), total, limit, offset, next });
  },
});

export const taskRoutes: readonly Route[] = [submit, list];
