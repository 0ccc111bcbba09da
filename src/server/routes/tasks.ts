import { z } from "zod";
import { listTasks } from "../operations/list-tasks.ts";
import {
  cancelTask,
  deleteTask,
  findTask,
  retryTask,
  whyItWaits,
} from "../operations/task-acts.ts";
import { attemptJson, taskJson } from "../outgoing/task-json.ts";
import { json } from "../reply.ts";
import { type Asked, defineRoute, type Route } from "../route.ts";
import { taskId, text } from "../schemas/fields.ts";
import { attemptAnswer, taskAnswer, taskStatus } from "../schemas/task-answer.ts";
import { taskQuery } from "../schemas/task-query.ts";

const params = z.object({ id: taskId });

const list = defineRoute({
  method: "GET",
  path: "/api/tasks",
  name: "listTasks",
  tag: "tasks",
  summary: "List tasks, newest first",
  details:
    "For the page that follows, give `next` as `after`. `limit` is 20 unless given; a page of large tasks is shorter.",
  needs: "viewer",
  query: taskQuery,
  answers: {
    200: {
      description: "A page of tasks.",
      schema: z.object({
        tasks: z.array(taskAnswer),
        total: z.int().meta({ description: "How many fit; of each status at most 10,000 count." }),
        limit: z.int(),
        offset: z.int(),
        next: z.string().optional(),
        lookedThrough: z.int().optional().meta({
          description: "Set when only so many of the newest were looked at.",
        }),
      }),
    },
  },
  async handle({ query, server }) {
    const { items, ...page } = await listTasks(server.store, query);
    const { limit = 20, offset = 0 } = query;
    return json({ tasks: items.map(taskJson), limit, offset, ...page });
  },
});

const show = defineRoute({
  method: "GET",
  path: "/api/tasks/:id",
  name: "getTask",
  tag: "tasks",
  summary: "A task, its attempts, and why it waits if it does",
  needs: "viewer",
  params,
  answers: {
    200: {
      description: "The task.",
      schema: taskAnswer.extend({
        attempts: z.array(attemptAnswer),
      }),
    },
  },
  async handle({ params: { id }, server }) {
    const task = await findTask(server.store, id);
    const attempts = (await server.store.attemptsOf(id)).map(attemptJson);
    const waitsBecause = await whyItWaits(server, task);
    return json({ ...taskJson(task), attempts, waitsBecause });
  },
});

const reason = text(500).optional().meta({ description: "Shown with the task." });

const cancelled = {
  200: {
    description: "It is cancelled, or will be as soon as its worker has stopped it.",
    schema: z.object({ message: z.string(), taskId: z.string(), status: taskStatus }),
  },
};

const cancel = defineRoute({
  method: "POST",
  path: "/api/tasks/:id/cancel",
  name: "cancelTask",
  tag: "tasks",
  summary: "Cancel a task that has not ended",
  needs: "operator",
  action: "task.cancel",
  params,
  body: z.strictObject({ reason }),
  bodyIsOptional: true,
  answers: cancelled,
  handle: (asked) => answerCancel(asked, asked.params.id, asked.body.reason),
});

const cancelByDelete = defineRoute({
  method: "DELETE",
  path: "/api/tasks/:id",
  name: "cancelTaskByDelete",
  tag: "tasks",
  summary: "Cancel a task that has not ended (as POST …/cancel)",
  details: "To remove a task that has ended, DELETE its `/record`.",
  needs: "operator",
  action: "task.cancel",
  params,
  query: z.strictObject({ reason }),
  answers: cancelled,
  handle: (asked) => answerCancel(asked, asked.params.id, asked.query.reason),
});

export async function answerCancel(
  { server, caller }: Pick<Asked, "server" | "caller">,
  taskId: string,
  why: string | undefined,
): Promise<Response> {
  const task = await cancelTask(server, { taskId, caller, reason: why });
  const isOver = task.state === "cancelled";
  const message = isOver
    ? "Task cancelled successfully"
    : "Cancellation requested; its worker stops it";
  return json({ message, taskId: task.id, status: task.state });
}

const retry = defineRoute({
  method: "POST",
  path: "/api/tasks/:id/retry",
  name: "retryTask",
  tag: "tasks",
  summary: "Let a failed or cancelled task run again",
  details: "With `attempt`, only if that is still its latest: a stale wish is refused.",
  needs: "operator",
  action: "task.retry",
  isNewWork: true,
  params,
  body: z.strictObject({ attempt: z.int().min(0).optional() }),
  bodyIsOptional: true,
  answers: { 202: { description: "It waits for a worker again.", schema: taskAnswer } },
  async handle({ params: { id }, body: { attempt }, server }) {
    const task = await retryTask(server, { taskId: id, attempt });
    return json(taskJson(task), { status: 202, headers: { Location: `/api/tasks/${task.id}` } });
  },
});

const remove = defineRoute({
  method: "DELETE",
  path: "/api/tasks/:id/record",
  name: "deleteTask",
  tag: "tasks",
  summary: "Remove a task that has ended, with its attempts and logs",
  needs: "operator",
  action: "task.delete",
  params,
  answers: {
    200: {
      description: "Nothing of it is left but its events.",
      schema: z.object({ taskId: z.string(), deleted: z.literal(true) }),
    },
  },
  async handle({ params: { id }, server }) {
    await deleteTask(server, id);
    return json({ taskId: id, deleted: true });
  },
});

export const taskRoutes: readonly Route[] = [list, show, cancel, cancelByDelete, retry, remove];
