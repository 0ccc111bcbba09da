import type { Worker } from "../../domain/worker.ts";
import { actionForm, dialogLink } from "../button.ts";
import { type Html, html } from "../html.ts";
import type { Viewer } from "../page.ts";
import type { PanelLinks } from "./workers-model.ts";

export interface WorkerActionsModel {
  readonly worker: Worker;
  readonly name: string;
  readonly viewer: Viewer;
  readonly links: Pick<PanelLinks, "drain" | "abort">;
  /** Why nothing can be done with it now. */
  readonly why: string | undefined;
  /** What scripts replace with the answer to "Drain"; a notice is shown when left out. */
  readonly target?: string;
}

export function workerActions(model: WorkerActionsModel): Html {
  const { worker, name, viewer, links, why, target } = model;
  const drains = worker.state === "draining" ? "It drains already." : why;
  return html`${actionForm({
    label: "Drain",
    name: `Drain ${name}`,
    action: links.drain(worker.id),
    viewer,
    needs: "operator",
    ...(target !== undefined && { target }),
    ...(drains !== undefined && { why: drains }),
  })}${dialogLink({
    label: "Abort…",
    name: `Abort ${name}`,
    look: "danger",
    href: links.abort(worker.id),
    viewer,
    needs: "operator",
    ...(why !== undefined && { why }),
  })}`;
}
