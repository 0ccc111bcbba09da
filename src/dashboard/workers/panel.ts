import { actionForm, dialogLink } from "../button.ts";
import { type Html, html } from "../html.ts";
import { addButtons } from "./add-buttons.ts";
import { endedTable } from "./ended-table.ts";
import { panelId } from "./panel-id.ts";
import { roomTiles } from "./room-tiles.ts";
import type { WorkersModel } from "./workers-model.ts";
import { workersTable } from "./workers-table.ts";

/**
 * All workers with their controls. On a page of ours it follows the stream; embedded in another
 * page it fetches itself every few seconds, and answers to its controls with itself.
 */
export function panel(model: WorkersModel): Html {
  const { links, told } = model;
  return html`<div id="${panelId}" class="panel" data-source="${links.status}" data-live="workers overview" data-interval="5">
${told !== undefined && html`<div class="told">${told}</div>`}
${roomTiles(model)}
<div class="heading controls"><h2>Live workers</h2><div class="actions">${controls(model)}</div></div>
${model.cannotAdd !== undefined && html`<p class="aside">${model.cannotAdd}</p>`}
${workersTable(model)}
${endedTable(model)}
</div>`;
}

function controls(model: WorkersModel): Html {
  const { viewer, links } = model;
  const none = model.workers.length === 0 ? { why: "No live worker to drain." } : {};
  return html`<button type="button" data-refresh hidden>Refresh now</button>${
    links.isFragment
      ? actionForm({
          label: "Drain all",
          action: links.drainAll,
          viewer,
          needs: "operator",
          target: panelId,
          ...none,
        })
      : dialogLink({
          label: "Drain all…",
          href: links.drainAll,
          viewer,
          needs: "operator",
          ...none,
        })
  }${addButtons(model)}`;
}
