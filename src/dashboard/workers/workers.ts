import { type Html, html } from "../html.ts";
import { panel } from "./panel.ts";
import type { WorkersModel } from "./workers-model.ts";

/** Who is working, is there room? */
export function workersPage(model: WorkersModel): Html {
  return html`<details id="worker-status" class="collapsible" data-collapsible open><summary><h1>Workers</h1></summary>
${panel(model)}
</details>`;
}
