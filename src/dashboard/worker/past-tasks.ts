import { badge, taskMark } from "../badge.ts";
import { type Html, html } from "../html.ts";
import { table } from "../table.ts";
import { shownTitle, taskAddress } from "../tasks/task-title.ts";
import { tasksAddress } from "../tasks/tasks-query.ts";
import { length, time } from "../time.ts";
import type { PastTask, WorkerModel } from "./worker-model.ts";

export function pastTasks({ past, worker, now }: WorkerModel): Html {
  if (past.length === 0) return html`<p class="muted calm">None has ended with it.</p>`;
  return html`${table({
    id: "past-table",
    caption: "Tasks that ended with this worker",
    isCaptionUnseen: true,
    columns: [
      { head: "Task", name: "task" },
      { head: "State", name: "state" },
      { head: "Attempt here" },
      { head: "Ran", isNumber: true },
      { head: "Ended", name: "age" },
    ],
    rows: past.map((one) => pastRow(one, now)),
  })}<p><a href="${tasksAddress({ worker: worker.id })}">All tasks of ${worker.id}</a></p>`;
}

function pastRow({ task, attempts }: PastTask, now: number) {
  const words = shownTitle(task);
  const last = attempts.at(-1);
  return {
    id: `past-${task.id}`,
    cells: [
      html`<a class="task" href="${taskAddress(task.id)}" title="${words}">${words}</a>`,
      badge(taskMark(task, now)),
      html`<span>${last?.number ?? task.attempt} of ${task.attemptLimit}${last?.outcome !== undefined && html` <span class="muted">${last.outcome}</span>`}</span>`,
      last?.endedAt === undefined ? "–" : length(last.endedAt - last.startedAt),
      last?.endedAt === undefined ? "–" : time(last.endedAt, { now, inRow: true }),
    ],
  };
}
