import { type Html, html } from "../html.ts";
import { panel } from "./panel.ts";
import type { WorkersModel } from "./workers-model.ts";

/**
 * The panel with all that it needs, for other pages of the same site: its styles hold inside it
 * alone, and its script fetches it again every five seconds, unless it is collapsed.
 */
export function panelFragment(
  model: WorkersModel,
  assets: { readonly styles: string; readonly script: string },
): Html {
  return html`<section class="clx-panel" id="clx-workers" aria-label="Worker status"><link rel="stylesheet" href="${assets.styles}"><script src="${assets.script}" defer></script>
<details id="embedded-worker-status" class="collapsible" data-collapsible open><summary>Worker status</summary>
${panel(model)}
</details></section>`;
}
