import type { Worker } from "../../domain/worker.ts";
import { actionForm } from "../button.ts";
import { type Html, html, nothing } from "../html.ts";
import { type Row, table } from "../table.ts";
import { time } from "../time.ts";
import { panelId } from "./panel-id.ts";
import { stateBadge } from "./worker-mark.ts";
import { type WorkersModel, workerAddress } from "./workers-model.ts";

export function endedTable(model: WorkersModel): Html {
  const { ended, endedCount, viewer, links } = model;
  if (endedCount === 0) return nothing;
  return html`<section class="block ended" aria-label="Ended workers"><div class="heading"><h2>Ended workers</h2><span class="muted">${ended.length < endedCount ? `the last ${ended.length} of ${endedCount}` : endedCount}</span><div class="actions">${actionForm(
    {
      label: "Clean up ended",
      action: links.cleanUp,
      viewer,
      needs: "operator",
      ...(links.isFragment && { target: panelId }),
    },
  )}</div></div>
${table({
  id: "ended-table",
  caption: "Ended workers",
  isCaptionUnseen: true,
  columns: [
    { head: "Worker", name: "worker" },
    { head: "State", name: "state" },
    { head: "Why" },
    { head: "Completed", isNumber: true },
    { head: "Failed", isNumber: true },
    { head: "Ended", name: "age" },
  ],
  rows: ended.map((worker) => endedRow(worker, model)),
})}</section>`;
}

function endedRow(worker: Worker, { now, links: { isFragment } }: WorkersModel): Row {
  const { id, type, mode, state, ending, tasksCompleted, tasksFailed, endedAt } = worker;
  return {
    id: `ended-${id}`,
    cells: [
      html`<a class="name" href="${workerAddress(id)}">${id}</a><span class="under">${type} · ${mode}</span>`,
      stateBadge(state, isFragment),
      html`<span class="why">${ending?.reason ?? "–"}${exitWords(ending)}</span>`,
      String(tasksCompleted),
      String(tasksFailed),
      endedAt === undefined ? "–" : time(endedAt, { now, inRow: true }),
    ],
  };
}

/** What the reason does not say by itself. */
export function exitWords(ending: Worker["ending"]): string {
  if (ending?.signal !== undefined)
    return ending.reason.includes(ending.signal) ? "" : ` (${ending.signal})`;
  return ending?.exitCode === undefined || ending.exitCode === 0
    ? ""
    : ` (exit code ${ending.exitCode})`;
}
