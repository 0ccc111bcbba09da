import type { Role } from "../../domain/role.ts";
import type { Task } from "../../domain/task.ts";
import { isFinal, taskTransitions } from "../../domain/task-state.ts";
import type { AgentModel } from "../agent/agent-model.ts";
import { actionForm, dialogLink } from "../button.ts";
import { type Html, html } from "../html.ts";
import type { Viewer } from "../page.ts";
import { taskAddress } from "../tasks/task-title.ts";
import type { TaskModel } from "./task-model.ts";

/** What each action needs; the routes ask the same. */
export const taskActionNeeds = {
  cancel: "operator",
  retry: "operator",
  delete: "operator",
  again: "operator",
  continue: "operator",
} as const satisfies Record<string, Role>;

type Model = Pick<TaskModel, "task" | "viewer" | "againKey" | "agent">;

export function taskActions({ task, viewer, againKey, agent }: Model): Html {
  return html`<div class="actions" id="task-actions">${agent !== undefined && isFinal(task.state) && continueButton(task, viewer, agent)}${cancelButton(task, viewer)}${retryButton(task, viewer, agent === undefined ? "primary" : "plain")}${isFinal(task.state) && againButton(task, viewer, againKey)}${deleteButton(task, viewer)}</div>`;
}

/** Another task like it: this one stays as it is. */
function againButton({ id }: Task, viewer: Viewer, key: string): Html {
  return actionForm({
    label: "Submit again",
    name: "Submit again, as a new task",
    action: taskAddress(id, "/again"),
    fields: { key },
    needs: taskActionNeeds.again,
    viewer,
  });
}

/** Another task, which goes on with this one's conversation. */
function continueButton({ id }: Task, viewer: Viewer, { whyNotContinue: why }: AgentModel): Html {
  return dialogLink({
    label: "Continue…",
    name: "Continue this conversation",
    look: why === undefined ? "primary" : "plain",
    href: taskAddress(id, "/continue"),
    needs: taskActionNeeds.continue,
    viewer,
    ...(why !== undefined && { why }),
  });
}

function cancelButton(task: Task, viewer: Viewer): Html {
  const why = whyNotCancel(task);
  return dialogLink({
    label: "Cancel task",
    href: `${taskAddress(task.id, "/cancel")}?attempt=${task.attempt}`,
    needs: taskActionNeeds.cancel,
    viewer,
    ...(why !== undefined && { why }),
  });
}

function retryButton(task: Task, viewer: Viewer, look: "primary" | "plain"): Html {
  const why = whyNotRetry(task);
  return actionForm({
    label: "Retry task",
    action: taskAddress(task.id, "/retry"),
    fields: { attempt: task.attempt },
    needs: taskActionNeeds.retry,
    viewer,
    ...(why === undefined ? { look } : { why }),
  });
}

function deleteButton(task: Task, viewer: Viewer): Html {
  const why = whyNotDelete(task);
  return dialogLink({
    label: "Delete task",
    look: "danger",
    href: `${taskAddress(task.id, "/delete")}?attempt=${task.attempt}`,
    needs: taskActionNeeds.delete,
    viewer,
    ...(why !== undefined && { why }),
  });
}

export function whyNotCancel({ state, cancelRequestedAt }: Task): string | undefined {
  if (isFinal(state)) return `It has ended already: it is ${state}.`;
  if (cancelRequestedAt !== undefined) return "It is being stopped already.";
  return undefined;
}

export function whyNotRetry({ state }: Task): string | undefined {
  if ((taskTransitions.revive.from as readonly string[]).includes(state)) return undefined;
  if (state === "completed") return "It is completed. Submit it again to run it once more.";
  return `It has not ended: it is ${state}.`;
}

export function whyNotDelete({ state }: Task): string | undefined {
  return isFinal(state) ? undefined : `It has not ended: it is ${state}. Cancel it first.`;
}
