import { z } from "zod";
import { isAgentTask } from "../../../dashboard/agent/agent-model.ts";
import { html } from "../../../dashboard/html.ts";
import { taskActionNeeds } from "../../../dashboard/task/actions.ts";
import { confirmCancel, confirmDelete } from "../../../dashboard/task/confirm-task.ts";
import { taskAddress } from "../../../dashboard/tasks/task-title.ts";
import { ClxError } from "../../../domain/errors.ts";
import type { JsonValue } from "../../../domain/json.ts";
import type { Task } from "../../../domain/task.ts";
import { submitTasks } from "../../operations/submit-tasks.ts";
import { cancelTask, deleteTask, findTask, retryTask } from "../../operations/task-acts.ts";
import { type Asked, defineRoute, type Route } from "../../route.ts";
import { taskId } from "../../schemas/fields.ts";
import type { TaskRequest } from "../../schemas/task-request.ts";
import { actAndShow } from "../act-and-show.ts";
import { isAskedByScript, showPage, viewerOf } from "../show-page.ts";
import { askToContinue, continueFromPage, continueWish } from "./continue-task.ts";

const params = z.object({ id: taskId });

/** What a form of a page sends: which attempt it showed, and why somebody wants it. */
const wish = z.object({
  attempt: z.coerce.number().int().min(0),
  reason: z.string().trim().max(500).optional(),
});

type Wish = z.output<typeof wish>;
type AskedWish = Asked<z.output<typeof params>, unknown, Wish>;

function confirming(name: "cancel" | "delete", title: string, view: typeof confirmCancel): Route {
  return defineRoute({
    method: "GET",
    path: `/tasks/:id/${name}`,
    name: name === "cancel" ? "confirmCancelTask" : "confirmDeleteTask",
    tag: "pages",
    summary: title,
    needs: taskActionNeeds[name],
    params,
    answers: { 200: { description: "The question", media: "text/html" } },
    async handle(asked) {
      const { server, caller } = asked;
      const task = await findTask(server.store, asked.params.id);
      const main = view({ task, viewer: viewerOf(caller), now: server.clock.now() });
      return await showPage(asked, { title, place: "tasks", main });
    },
  });
}

const answers = { 303: { description: "Back to the task" } };

const cancel = defineRoute({
  method: "POST",
  path: "/tasks/:id/cancel",
  name: "cancelTaskFromPage",
  tag: "pages",
  summary: "Cancel a task",
  needs: taskActionNeeds.cancel,
  action: "task.cancel",
  params,
  body: wish,
  answers,
  async handle(asked) {
    const { server, caller, body } = asked;
    noteReason(asked);
    const back = taskAddress(asked.params.id);
    return await actAndShow(asked, {
      back,
      async act() {
        const { id } = await seenTask(asked);
        const reason = body.reason || undefined;
        const task = await cancelTask(server, { taskId: id, caller, reason });
        return task.state === "cancelled"
          ? "The task is cancelled."
          : "Its worker was asked to stop it.";
      },
    });
  },
});

const retry = defineRoute({
  method: "POST",
  path: "/tasks/:id/retry",
  name: "retryTaskFromPage",
  tag: "pages",
  summary: "Let a task run again",
  needs: taskActionNeeds.retry,
  action: "task.retry",
  isNewWork: true,
  params,
  body: wish,
  answers,
  async handle(asked) {
    const { server, params, body } = asked;
    return await actAndShow(asked, {
      back: taskAddress(params.id),
      async act() {
        const { id } = await seenTask(asked);
        await retryTask(server, { taskId: id, attempt: body.attempt });
        return "The task runs again as soon as a worker takes it.";
      },
    });
  },
});

const remove = defineRoute({
  method: "POST",
  path: "/tasks/:id/delete",
  name: "deleteTaskFromPage",
  tag: "pages",
  summary: "Delete a task",
  needs: taskActionNeeds.delete,
  action: "task.delete",
  params,
  body: wish,
  answers,
  async handle(asked) {
    noteReason(asked);
    const id = asked.params.id;
    let isDeleted = false;
    const response = await actAndShow(asked, {
      back: "/tasks",
      async act() {
        await seenTask(asked);
        await deleteTask(asked.server, id);
        isDeleted = true;
        return html`Task ${id} is deleted.`;
      },
    });
    // Its page is no more: scripts leave it too.
    if (isDeleted && isAskedByScript(asked)) response.headers.set("HX-Redirect", "/tasks");
    return response;
  },
});

const again = defineRoute({
  method: "POST",
  path: "/tasks/:id/again",
  name: "submitTaskAgainFromPage",
  tag: "pages",
  summary: "Hand in another task like this one",
  needs: taskActionNeeds.again,
  action: "task.submit",
  isNewWork: true,
  params,
  body: z.object({ key: z.string().min(1).max(100) }),
  answers: { 303: { description: "The new task" } },
  async handle(asked) {
    const { server, caller, params, body } = asked;
    let address = taskAddress(params.id);
    const response = await actAndShow(asked, {
      back: address,
      async act() {
        const model = await findTask(server.store, params.id);
        const requests = [requestLike(model, body.key)];
        const [submitted] = await submitTasks({ server, caller, requests });
        if (submitted === undefined) throw new Error("the store answered without the task");
        const { id } = submitted.task;
        asked.audit({ target: id, reason: `like ${params.id}` });
        address = taskAddress(id);
        return html`Submitted as task <a href="${address}">${id}</a>.`;
      },
    });
    if (response.status === 303) response.headers.set("Location", address);
    return response;
  },
});

/** What it was asked with, but what it waited for and when it was to run. */
function requestLike(task: Task, key: string): TaskRequest {
  const { type, queue, priority, retry, title, tags, timeoutMs, expectedMemory } = task;
  return {
    ...{ type, payload: asked(task), queue, priority, retry, key, allowUnknownType: true },
    ...(title !== undefined && { title }),
    ...(tags !== undefined && { tags: [...tags] }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(expectedMemory !== undefined && { expectedMemory }),
  };
}

/** Which conversation goes on is found out anew. */
function asked(task: Task): JsonValue {
  if (!isAgentTask(task) || typeof task.payload !== "object") return task.payload;
  const { resume: _, ...payload } = task.payload as { readonly [key: string]: JsonValue };
  return payload;
}

function noteReason({ body, audit }: AskedWish): void {
  if (body.reason) audit({ reason: body.reason });
}

/** @throws ClxError `conflict` when it has gone on since the page was drawn */
async function seenTask({ server, params, body }: AskedWish): Promise<Task> {
  const task = await findTask(server.store, params.id);
  if (task.attempt === body.attempt) return task;
  throw new ClxError(
    "conflict",
    `the task has gone on meanwhile: it is ${task.state}, at attempt ${task.attempt}, where the page showed attempt ${body.attempt}; nothing was done`,
  );
}

const asksToContinue = defineRoute({
  method: "GET",
  path: "/tasks/:id/continue",
  name: "confirmContinueTask",
  tag: "pages",
  summary: "Continue this conversation?",
  needs: taskActionNeeds.continue,
  params,
  answers: { 200: { description: "The question", media: "text/html" } },
  handle: (asked) => askToContinue(asked, asked.params.id),
});

const goOn = defineRoute({
  method: "POST",
  path: "/tasks/:id/continue",
  name: "continueTaskFromPage",
  tag: "pages",
  summary: "Continue an agent's conversation in a new task",
  needs: taskActionNeeds.continue,
  action: "task.submit",
  isNewWork: true,
  params,
  body: continueWish,
  answers: { 303: { description: "The new task" } },
  handle: (asked) => continueFromPage(asked, asked.params.id, asked.body),
});

export const taskActionPages: readonly Route[] = [
  confirming("cancel", "Cancel this task?", confirmCancel),
  confirming("delete", "Delete this task?", confirmDelete),
  cancel,
  retry,
  again,
  remove,
  asksToContinue,
  goOn,
];
