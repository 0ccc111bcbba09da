import type { Task } from "../../domain/task.ts";
import { type Html, html } from "../html.ts";
import { taskAddress } from "../tasks/task-title.ts";
import { time } from "../time.ts";
import { redactText } from "./redact.ts";

/** Told with the lines of the log, more often than anything else changes. */
export function taskProgress({ id, progress, state }: Task, now: number): Html {
  const address = taskAddress(id, "/log-end");
  return html`<div id="task-progress" class="progress" data-live="log:${id}" data-source="${address}">${progress !== undefined && state === "running" && told(progress, now)}</div>`;
}

function told({ fraction, message = "", at }: NonNullable<Task["progress"]>, now: number): Html {
  const inRange = Math.min(1, Math.max(0, fraction ?? 0));
  const percent = fraction === undefined ? undefined : Math.floor(inRange * 100);
  return html`<p id="progress-words">${percent !== undefined && html`<strong>${percent} %</strong> `}${redactText(message)} <span class="muted">${time(at, { now })}</span></p>${percent !== undefined && html`<progress max="100" value="${percent}" aria-labelledby="progress-words">${percent} %</progress>`}`;
}
