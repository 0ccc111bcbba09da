import { z } from "zod";
import { isAgentTask } from "../../dashboard/agent/agent-model.ts";
import { conversationRows } from "../../dashboard/agent/conversation.ts";
import { usageBars } from "../../dashboard/agent/usage-bars.ts";
import { type Html, html } from "../../dashboard/html.ts";
import { logLines } from "../../dashboard/task/log-lines.ts";
import { logEnd } from "../../dashboard/task/log-view.ts";
import { nothingSaid, nothingWritten } from "../../dashboard/task/nothing-yet.ts";
import { redact } from "../../dashboard/task/redact.ts";
import { taskPage } from "../../dashboard/task/task.ts";
import { taskProgress } from "../../dashboard/task/task-progress.ts";
import { shownTitle } from "../../dashboard/tasks/task-title.ts";
import { ClxError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { findTask } from "../operations/task-acts.ts";
import { defineRoute, type Route } from "../route.ts";
import { taskId } from "../schemas/fields.ts";
import { htmlResponse, showPage } from "./show-page.ts";
import { gatherAgent } from "./task/gather-agent.ts";
import { gatherConversation } from "./task/gather-conversation.ts";
import { gatherLog, type LogSources, logText } from "./task/gather-log.ts";
import { gatherTask } from "./task/gather-task.ts";
import { streamed } from "./task/streamed.ts";
import { taskActionPages } from "./task/task-actions.ts";

const params = z.object({ id: taskId });
const cursor = z.coerce.number().int().min(0).optional().catch(undefined);
const find = z.string().trim().min(1).max(200).optional().catch(undefined);
const page = { 200: { description: "The page", media: "text/html" } };

const show = defineRoute({
  method: "GET",
  path: "/tasks/:id",
  name: "showTask",
  tag: "pages",
  summary: "One task",
  needs: "viewer",
  params,
  query: z.object({
    before: cursor,
    from: cursor,
    find,
    view: z.literal("log").optional().catch(undefined),
  }),
  answers: page,
  async handle(asked) {
    const { before, from, find: wanted, view } = asked.query;
    const model = await gatherTask(asked, asked.params.id, {
      ...(before !== undefined && { before }),
      ...(from !== undefined && { from }),
      ...(wanted !== undefined && { find: wanted }),
      ...(view !== undefined && { view }),
    });
    const title = `${shownTitle(model.task).slice(0, 60)} (${model.task.state})`;
    return await showPage(asked, { title, place: "tasks", main: taskPage(model) });
  },
});

/** For the script of the page: the lines after, or those before, the ones it shows. */
function stretchRoute(part: "log" | "conversation"): Route {
  const isLog = part === "log";
  return defineRoute({
    method: "GET",
    path: `/tasks/:id/${part}`,
    name: isLog ? "showTaskLog" : "showTaskConversation",
    tag: "pages",
    summary: isLog ? "Lines of a task's log" : "Entries of an agent's conversation",
    needs: "viewer",
    params,
    query: z.object({ after: cursor, before: cursor, from: cursor }),
    answers: page,
    async handle({ params: { id }, query: { after, before, from }, server: { store } }) {
      const task = await findTask(store, id);
      const attempts = await store.attemptsOf(id);
      const place = {
        ...(after !== undefined && { after }),
        ...(before !== undefined && { before }),
        ...(from !== undefined && { from }),
      };
      const sources = { task, attempts, place };
      const { rows, hasEarlier, hasLater } = await (isLog ? linesOf : entriesOf)(store, sources);
      const yes = (is: boolean) => (is ? "yes" : "no");
      return htmlResponse(
        html`<div data-has-earlier="${yes(hasEarlier)}" data-has-later="${yes(hasLater)}">${rows}</div>`,
      );
    },
  });
}

async function linesOf(store: TaskStore, sources: LogSources) {
  const model = await gatherLog(store, sources);
  return { ...model, rows: logLines(model) };
}

async function entriesOf(store: TaskStore, sources: LogSources) {
  const model = await gatherConversation(store, sources);
  return { ...model, rows: conversationRows(model) };
}

const logEndRoute = defineRoute({
  method: "GET",
  path: "/tasks/:id/log-end",
  name: "showTaskLogEnd",
  tag: "pages",
  summary: "How far a task is, and where its log ends now",
  needs: "viewer",
  params,
  answers: page,
  async handle({ params: { id }, server: { store, clock } }) {
    const task = await findTask(store, id);
    const beyond = Number.MAX_SAFE_INTEGER;
    const { lines } = await store.logsOf({ taskId: id, after: 0, before: beyond, limit: 1 });
    const last = lines.at(-1)?.cursor ?? 0;
    const now = clock.now();
    const used = isAgentTask(task) && (await usageOf(store, task, now));
    const none = { taskId: id, isOpen: !isFinal(task.state), isOver: last > 0 };
    const notes = [nothingWritten(none), isAgentTask(task) && nothingSaid(none)];
    return htmlResponse(html`${taskProgress(task, now)}${used}${logEnd(id, last)}${notes}`);
  },
});

async function usageOf(store: TaskStore, task: Task, now: number): Promise<Html> {
  const agent = await gatherAgent(store, { task, dependants: [], now });
  return usageBars(task, agent);
}

const download = defineRoute({
  method: "GET",
  path: "/tasks/:id/log.txt",
  name: "downloadTaskLog",
  tag: "pages",
  summary: "The whole log of a task, as text",
  needs: "viewer",
  params,
  answers: { 200: { description: "The log", media: "text/plain" } },
  async handle({ params: { id }, server: { store } }) {
    await findTask(store, id);
    const headers = attachment(`${id}.log`, "text/plain; charset=utf-8");
    return new Response(streamed(logText(store, id)), { headers });
  },
});

const documents = {
  "input.json": ({ payload }) => payload,
  "output.json": ({ result }) => result,
  "checkpoint.json": ({ checkpoint }) => checkpoint,
} as const satisfies Record<string, (task: Task) => JsonValue | undefined>;

const documentRoutes = Object.entries(documents).map(([name, pick]) =>
  defineRoute({
    method: "GET",
    path: `/tasks/:id/${name}`,
    name: `downloadTask${name.charAt(0).toUpperCase()}${name.slice(1, -".json".length)}`,
    tag: "pages",
    summary: `The ${name.replace(".json", "")} of a task, without secrets`,
    needs: "viewer",
    params,
    answers: { 200: { description: "The document" } },
    async handle({ params: { id }, server: { store } }) {
      const value = pick(await findTask(store, id));
      if (value === undefined) throw new ClxError("not_found", `task ${id} has no ${name}`);
      const text = `${JSON.stringify(redact(value), null, 2)}\n`;
      return new Response(text, { headers: attachment(`${id}-${name}`, "application/json") });
    },
  }),
);

function attachment(name: string, media: string): Record<string, string> {
  const safe = name.replaceAll(/[^\w.-]/g, "_");
  return {
    "Content-Type": media,
    "Content-Disposition": `attachment; filename="${safe}"`,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  };
}

export const taskPages: readonly Route[] = [
  show,
  stretchRoute("log"),
  stretchRoute("conversation"),
  logEndRoute,
  download,
  ...documentRoutes,
  ...taskActionPages,
];
