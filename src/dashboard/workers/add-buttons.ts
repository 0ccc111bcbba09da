import { actionForm } from "../button.ts";
import { type Html, html, nothing } from "../html.ts";
import { panelId } from "./panel-id.ts";
import type { WorkersModel } from "./workers-model.ts";

/** One for each type. Where there is no room they still work: they ask, and say what is risked. */
export function addButtons({ types, cannotAdd, viewer, links }: WorkersModel): Html {
  if (cannotAdd !== undefined) return nothing;
  return html`${types.map(({ type, refusal }) =>
    actionForm({
      label:
        types.length === 1
          ? html`Add worker${refusal === undefined ? nothing : html`…`}`
          : html`Add ${type} worker${refusal === undefined ? nothing : html`…`}`,
      look: types.length === 1 ? "primary" : "plain",
      action: links.add,
      viewer,
      needs: "operator",
      fields: { type },
      ...(links.isFragment && { target: panelId }),
    }),
  )}`;
}
