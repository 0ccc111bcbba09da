import { z } from "zod";
import type { Task } from "../../domain/task.ts";
import { listTasks } from "../operations/list-tasks.ts";
import { submitTasks } from "../operations/submit-tasks.ts";
import { findTask } from "../operations/task-acts.ts";
import { iso, taskJson } from "../outgoing/task-json.ts";
import { json } from "../reply.ts";
import { defineRoute, type Route } from "../route.ts";
import { taskId } from "../schemas/fields.ts";
import { taskStatus } from "../schemas/task-answer.ts";
import { taskQuery } from "../schemas/task-query.ts";
import { taskRequest } from "../schemas/task-request.ts";
import { idempotencyKeyOf } from "./submit.ts";
import { answerCancel } from "./tasks.ts";

/** The same tasks under the addresses and in the short shape that clients of the queue know. */

const params = z.object({ id: taskId });

const queued = z
  .object({
    id: z.string(),
    instruction: z.string().optional(),
    type: z.string(),
    status: taskStatus,
    priority: z.int(),
    addedAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    completedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "QueuedTask" });

function queuedJson(task: Task) {
  const { instruction } = taskJson(task);
  return {
    id: task.id,
    instruction,
    type: task.type,
    status: task.state,
    priority: task.priority,
    addedAt: iso(task.createdAt),
    startedAt: iso(task.startedAt) ?? null,
    completedAt: iso(task.endedAt) ?? null,
  };
}

const add = defineRoute({
  method: "POST",
  path: "/api/queue/tasks",
  name: "addToQueue",
  tag: "queue",
  summary: "Hand in a task, and learn its place in the queue",
  needs: "operator",
  action: "task.submit",
  isNewWork: true,
  body: taskRequest,
  answers: {
    201: {
      description: "It is durable.",
      schema: z.object({
        taskId: z.string(),
        position: z.int().meta({ description: "How many of its type and queue come before." }),
        status: taskStatus,
      }),
    },
  },
  async handle(asked) {
    const { body, caller, server, audit } = asked;
    const key = idempotencyKeyOf(asked);
    const [submitted] = await submitTasks({ server, caller, requests: [body], key });
    if (!submitted) throw new Error("the store answered without the task");
    const { id, state } = submitted.task;
    audit({ target: id });
    const position = await server.store.countAhead({ taskId: id, now: server.clock.now() });
    return json(
      { taskId: id, position, status: state },
      { status: 201, headers: { Location: `/api/tasks/${id}` } },
    );
  },
});

const list = defineRoute({
  method: "GET",
  path: "/api/queue/tasks",
  name: "listQueue",
  tag: "queue",
  summary: "List tasks in short",
  needs: "viewer",
  query: taskQuery,
  answers: {
    200: {
      description: "A page of tasks.",
      schema: z.object({ tasks: z.array(queued), total: z.int(), next: z.string().optional() }),
    },
  },
  async handle({ query, server }) {
    const { items, total, next } = await listTasks(server.store, query);
    return json({ tasks: items.map(queuedJson), total, next });
  },
});

const show = defineRoute({
  method: "GET",
  path: "/api/queue/tasks/:id",
  name: "getQueued",
  tag: "queue",
  summary: "A task in short",
  needs: "viewer",
  params,
  answers: { 200: { description: "The task.", schema: queued } },
  handle: async ({ params: { id }, server }) => json(queuedJson(await findTask(server.store, id))),
});

const cancel = defineRoute({
  method: "DELETE",
  path: "/api/queue/tasks/:id",
  name: "cancelQueued",
  tag: "queue",
  summary: "Cancel a task that has not ended",
  needs: "operator",
  action: "task.cancel",
  params,
  answers: {
    200: {
      description: "It is cancelled, or will be as soon as its worker has stopped it.",
      schema: z.object({ message: z.string(), taskId: z.string(), status: taskStatus }),
    },
  },
  handle: (asked) => answerCancel(asked, asked.params.id, undefined),
});

export const queueTaskRoutes: readonly Route[] = [add, list, show, cancel];
