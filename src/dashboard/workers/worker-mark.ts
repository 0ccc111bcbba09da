import type { WorkerState } from "../../domain/worker-state.ts";
import { specFiveWords } from "../../domain/worker-words.ts";
import { badge, glyph, type Mark } from "../badge.ts";
import { type Html, html, nothing } from "../html.ts";
import type { ShownWorker } from "./workers-model.ts";

export type MarkedWorker = Pick<ShownWorker, "worker" | "condition" | "isAborting">;

/** Its state, and beside it what the state does not say: a silent or a lost worker. */
export function workerMark(
  { worker, condition, isAborting }: MarkedWorker,
  { isFragment = false }: { readonly isFragment?: boolean } = {},
): Html {
  const state = stateBadge(isAborting ? "stopping" : worker.state, isFragment);
  if (condition === "stalled")
    return html`${state} ${mark("stalled", "no heartbeat for 3 minutes")}`;
  if (condition === "silent")
    return html`${state} ${mark("silent", "not heard of for longer than its lease")}`;
  if (condition === "lost") return html`${state} ${mark("lost", "its process is gone")}`;
  if (condition === "hung" && worker.state !== "hung")
    return html`${state} ${mark("hung", "it does not respond")}`;
  return html`${state}${isFragment && worker.state === "hung" ? html` ${mark("stalled", "it does not respond")}` : nothing}`;
}

/** The fragment of spec 5 speaks spec 5's words. */
export function stateBadge(mark: WorkerState | "stopping", isFragment: boolean): Html {
  return isFragment && mark !== "stopping" ? badge(mark, specFiveWords[mark]) : badge(mark);
}

/** The glyph stays, in a badge of its own. */
function mark(what: Mark, title: string): Html {
  return html`<span class="flag" title="${title}">${glyph(what)}${what}</span>`;
}
