import { z } from "zod";
import type { AgentBudget } from "../../../agent/agent-task.ts";
import { isAgentTask } from "../../../dashboard/agent/agent-model.ts";
import { budgetFields, continueDialog } from "../../../dashboard/agent/continue-dialog.ts";
import { html } from "../../../dashboard/html.ts";
import { notice } from "../../../dashboard/notice.ts";
import { taskAddress } from "../../../dashboard/tasks/task-title.ts";
import { ClxError } from "../../../domain/errors.ts";
import { newId } from "../../../domain/ids.ts";
import type { Task } from "../../../domain/task.ts";
import { isFinal } from "../../../domain/task-state.ts";
import { continuing } from "../../operations/continue-request.ts";
import { submitTasks } from "../../operations/submit-tasks.ts";
import { findTask } from "../../operations/task-acts.ts";
import type { Asked } from "../../route.ts";
import { actAndShow } from "../act-and-show.ts";
import { isAskedByScript, showQuestion, viewerOf } from "../show-page.ts";
import { gatherAgent } from "./gather-agent.ts";

const amount = z
  .string()
  .trim()
  .refine((text) => text === "" || Number(text) > 0, "must be more than 0, or empty")
  .transform((text) => (text === "" ? undefined : Number(text)))
  .optional();

/** What the form sends: a number of each kind, or nothing. */
export const continueWish = z.object({
  // Forms end their lines as the net does.
  instruction: z
    .string()
    .trim()
    .min(1)
    .max(1_000_000)
    .transform((text) => text.replaceAll("\r\n", "\n")),
  key: z.string().min(1).max(100),
  turns: amount,
  tokens: amount,
  cost: amount,
  minutes: amount,
});

type Place = Pick<Asked, "caller" | "server" | "http">;

export async function askToContinue(asked: Place, id: string): Promise<Response> {
  const { server, caller } = asked;
  const task = await findTask(server.store, id);
  const now = server.clock.now();
  const agent = await gatherAgent(server.store, { task, dependants: [], now });
  const why = whyNot(task) ?? agent.whyNotContinue;
  const title = "Continue this conversation?";
  if (why !== undefined) {
    const main = html`${notice("refused", why)}<p><a class="button" href="${taskAddress(id)}">Back, to how it stands now</a></p>`;
    return await showQuestion(asked, { title, place: "tasks", main });
  }
  const viewer = viewerOf(caller);
  const main = continueDialog({ task, agent, viewer, now, key: newId(now) });
  return await showQuestion(asked, { title, place: "tasks", main });
}

function whyNot(task: Task): string | undefined {
  if (!isAgentTask(task)) return `It is no task of an agent, but of type ${task.type}.`;
  return isFinal(task.state) ? undefined : `It has not ended: it is ${task.state}.`;
}

/** Hands in the task that goes on, and leads to its page. */
export async function continueFromPage(
  asked: Place & Pick<Asked, "audit">,
  id: string,
  wish: z.output<typeof continueWish>,
): Promise<Response> {
  const { server, caller } = asked;
  let address = taskAddress(id);
  let isDone = false;
  const response = await actAndShow(asked, {
    back: address,
    async act() {
      const before = await findTask(server.store, id);
      const why = whyNot(before);
      if (why !== undefined) throw new ClxError("conflict", why);
      const { instruction, key } = wish;
      const request = continuing(before, { instruction, budget: budgetOf(wish) });
      const [submitted] = await submitTasks({ server, caller, requests: [{ ...request, key }] });
      if (submitted === undefined) throw new Error("the store answered without the task");
      asked.audit({ target: submitted.task.id, reason: `continues ${id}` });
      address = taskAddress(submitted.task.id);
      isDone = true;
      return html`Submitted as task <a href="${address}">${submitted.task.id}</a>.`;
    },
  });
  if (!isDone) return response;
  response.headers.set(isAskedByScript(asked) ? "HX-Redirect" : "Location", address);
  return response;
}

function budgetOf(wish: z.output<typeof continueWish>): AgentBudget {
  const given = budgetFields.flatMap(({ name, budget, per }) => {
    const value = wish[name];
    if (value === undefined) return [];
    return [[budget, budget === "costUsd" ? value : Math.ceil(value * per)] as const];
  });
  return Object.fromEntries(given);
}
