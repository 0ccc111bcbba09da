import type { Task } from "../../domain/task.ts";
import { confirmation } from "../dialog.ts";
import { type Html, html, type Part } from "../html.ts";
import { notice } from "../notice.ts";
import type { Viewer } from "../page.ts";
import { stateBadge } from "../tasks/task-row.ts";
import { shownTitle, taskAddress } from "../tasks/task-title.ts";
import { whyNotCancel, whyNotDelete } from "./actions.ts";

interface Question {
  readonly task: Task;
  readonly viewer: Viewer;
  readonly now: number;
}

export function confirmCancel({ task, viewer, now }: Question): Html {
  const why = whyNotCancel(task);
  if (why !== undefined) return notToBeDone(task, why);
  const running =
    task.state === "running"
      ? "It runs now: its worker is asked to stop it, and it is cancelled once it has stopped."
      : "It will not run.";
  return confirmation({
    id: "confirm-cancel",
    title: "Cancel this task?",
    body: html`${about(task, now)}<p>${running} Tasks that wait for it may be skipped.</p>`,
    action: taskAddress(task.id, "/cancel"),
    verb: "Cancel task",
    refusal: "Keep task",
    fields: { attempt: task.attempt },
    asksReason: true,
    back: taskAddress(task.id),
    viewer,
  });
}

export function confirmDelete({ task, viewer, now }: Question): Html {
  const why = whyNotDelete(task);
  if (why !== undefined) return notToBeDone(task, why);
  return confirmation({
    id: "confirm-delete",
    title: "Delete this task?",
    body: html`${about(task, now)}<p>Its input, output, attempts and log are deleted for good. What happened to it stays in Events.</p>`,
    action: taskAddress(task.id, "/delete"),
    verb: "Delete task",
    fields: { attempt: task.attempt },
    asksReason: true,
    back: taskAddress(task.id),
    viewer,
  });
}

function about(task: Task, now: number): Part {
  return html`<p>${stateBadge(task, now)} <strong>${shownTitle(task).slice(0, 200)}</strong> <span class="id muted">${task.id}</span></p>`;
}

/** It has changed since the page was drawn. */
function notToBeDone(task: Task, why: string): Html {
  return html`<h1>Nothing to do</h1>${notice("refused", why)}<p><a class="button" href="${taskAddress(task.id)}">Back, to how it stands now</a></p>`;
}
