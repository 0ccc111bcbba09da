import type { Task } from "../domain/task.ts";
import { progressWords } from "../domain/task-words.ts";
import { type Html, html, nothing } from "./html.ts";

/** How far a task has come, as far as it says so. */
export function progressBar(task: Task): Html {
  const { progress } = task;
  if (progress === undefined) return nothing;
  const { fraction } = progress;
  const words = progressWords(task);
  if (fraction === undefined) return html`<p class="progress-words">${words}</p>`;
  const percent = Math.floor(Math.min(1, Math.max(0, fraction)) * 100);
  return html`<div class="bar-line"><progress max="100" value="${percent}" aria-label="Progress">${percent} %</progress><p class="progress-words">${words}</p></div>`;
}
