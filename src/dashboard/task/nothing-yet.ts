import { type Html, html } from "../html.ts";
import { taskAddress } from "../tasks/task-title.ts";

export interface NothingYetModel {
  readonly taskId: string;
  /** Whether there may be something yet. */
  readonly isOpen: boolean;
  /** Lines have come since. */
  readonly isOver?: boolean;
}

/** In the place of a log's lines. It stays right while the page is open. */
export function nothingWritten(model: NothingYetModel): Html {
  const words = model.isOpen ? "Nothing has been written yet." : "Nothing was written.";
  return nothingYet(model, { id: "nothing-written", words });
}

/** In the place of a conversation. */
export function nothingSaid(model: NothingYetModel): Html {
  const words = model.isOpen ? "The agent has not begun yet." : "The agent said nothing.";
  return nothingYet(model, { id: "nothing-said", words });
}

function nothingYet(
  { taskId, isOver = false }: NothingYetModel,
  { id, words }: { readonly id: string; readonly words: string },
): Html {
  return html`<p class="muted nothing-yet" id="${id}" data-live="log:${taskId} task:${taskId}" data-source="${taskAddress(taskId, "/log-end")}"${isOver && html` hidden`}>${words}</p>`;
}
