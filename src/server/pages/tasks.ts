import { z } from "zod";
import { html } from "../../dashboard/html.ts";
import { taskAddress } from "../../dashboard/tasks/task-title.ts";
import { tasksPage } from "../../dashboard/tasks/tasks.ts";
import { parseTasksQuery, tasksAddress } from "../../dashboard/tasks/tasks-query.ts";
import { ClxError } from "../../domain/errors.ts";
import { checkInput } from "../incoming/check-input.ts";
import { parseJson } from "../incoming/parse-json.ts";
import { submitTasks } from "../operations/submit-tasks.ts";
import { defineRoute, type Route } from "../route.ts";
import { taskRequest } from "../schemas/task-request.ts";
import { actAndShow } from "./act-and-show.ts";
import { showLivePage } from "./show-live-page.ts";
import { gatherTasks } from "./tasks/gather-tasks.ts";

const list = defineRoute({
  method: "GET",
  path: "/tasks",
  name: "showTasks",
  tag: "pages",
  summary: "The tasks, filtered",
  needs: "viewer",
  answers: { 200: { description: "The page", media: "text/html" } },
  async handle(asked) {
    const query = parseTasksQuery(new URL(asked.http.req.url).searchParams);
    return await showLivePage(asked, {
      title: query.state === undefined ? "Tasks" : `Tasks: ${query.state}`,
      place: "tasks",
      address: tasksAddress(query),
      draw: async (viewer) => tasksPage(await gatherTasks({ ...asked, caller: viewer }, query)),
    });
  },
});

const newTask = z.object({
  type: z.string(),
  payload: z.string(),
  title: z.string().optional(),
  priority: z.string().optional(),
  key: z.string().optional(),
});

const submit = defineRoute({
  method: "POST",
  path: "/tasks",
  name: "submitTaskFromPage",
  tag: "pages",
  summary: "Hand in a task that was typed in",
  needs: "operator",
  action: "task.submit",
  isNewWork: true,
  body: newTask,
  answers: { 303: { description: "The tasks, with the new one" } },
  async handle(asked) {
    const { body, server, caller } = asked;
    return await actAndShow(asked, {
      back: "/tasks",
      async act() {
        const request = checkInput(taskRequest, requestOf(body), "body");
        const requests = [request as z.output<typeof taskRequest>];
        const [submitted] = await submitTasks({ server, caller, requests });
        if (submitted === undefined) throw new Error("the store answered without the task");
        const { id } = submitted.task;
        asked.audit({ target: id });
        return html`Task <a href="${taskAddress(id)}">${id}</a> was submitted.`;
      },
    });
  },
});

/** What a form says, as the API would be asked. */
function requestOf({ type, payload, title, priority, key }: z.output<typeof newTask>): object {
  const wanted = Number(priority || "0");
  if (!Number.isInteger(wanted)) {
    throw new ClxError("invalid_value", "the priority must be a whole number");
  }
  // What an agent is told needs no quotes.
  const isInstruction = type === "agent" && !/^\s*\{/.test(payload);
  return {
    ...(isInstruction
      ? { instruction: payload.replaceAll("\r\n", "\n").trim() }
      : { type, payload: parsePayload(payload) }),
    priority: wanted,
    ...(title && { title }),
    ...(key && { key }),
  };
}

function parsePayload(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof ClxError)) throw error;
    throw new ClxError("invalid_value", error.message.replace(/^the body/, "the payload"));
  }
}

export const tasksPages: readonly Route[] = [list, submit];
