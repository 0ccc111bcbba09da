import { mayActAs, type Role } from "../domain/role.ts";
import { type Html, html, nothing, type Part } from "./html.ts";
import type { Viewer } from "./page.ts";

export interface ButtonModel {
  readonly label: Part;
  /** For screen readers, where the label alone says too little: "Drain worker-1". */
  readonly name?: string;
  readonly look?: "primary" | "danger" | "plain" | "link";
  /** Why it cannot be used now; it can still be focused, and says so. */
  readonly why?: string;
  readonly key?: string;
}

/** What somebody lacks to do something, in words; `undefined` when nothing. */
export function lacksRole({ role }: Viewer, needed: Role): string | undefined {
  if (role !== undefined && mayActAs(role, needed)) return undefined;
  return `Needs the role ${needed}; yours is ${role ?? "none"}.`;
}

export function submitButton({ label, name, look = "plain", why, key }: ButtonModel): Html {
  const named = name === undefined ? nothing : html` aria-label="${name}"`;
  const hint = key === undefined ? nothing : html` <kbd aria-hidden="true">${key}</kbd>`;
  if (why !== undefined)
    return html`<button type="button" class="${look}" aria-disabled="true" aria-description="${why}" data-why="${why}"${named}>${label}${hint}</button>`;
  return html`<button type="submit" class="${look}"${named}>${label}${hint}</button>`;
}

export interface ActionModel extends ButtonModel {
  readonly action: string;
  readonly viewer: Viewer;
  readonly needs: Role;
  /** Hidden fields: what makes a stale page harmless. */
  readonly fields?: Readonly<Record<string, string | number>>;
  /** The id of what scripts replace with the answer; a notice is shown when left out. */
  readonly target?: string;
}

/** A button that does something at once. */
export function actionForm(model: ActionModel): Html {
  const { action, viewer, needs, fields = {}, target } = model;
  const why = model.why ?? lacksRole(viewer, needs);
  if (why !== undefined) return submitButton({ ...model, why });
  return html`<form class="action" method="post" action="${action}"${answered(action, target)}>${hiddenFields(viewer, fields)}${submitButton(model)}</form>`;
}

/** How scripts send a form, and where its answer goes. */
export function answered(action: string, target: string | undefined): Html {
  if (target !== undefined) return html` data-answer="${target}"`;
  return html` hx-post="${action}" hx-target="#notices" hx-swap="beforeend"`;
}

export interface DialogLinkModel extends ButtonModel {
  /** A page with a `confirmation`; scripts show it as a dialog. */
  readonly href: string;
  readonly viewer: Viewer;
  readonly needs: Role;
}

/** A button that asks before it does something. */
export function dialogLink(model: DialogLinkModel): Html {
  const why = model.why ?? lacksRole(model.viewer, model.needs);
  if (why !== undefined) return submitButton({ ...model, why });
  const [path = "", query = ""] = model.href.split("?");
  const fields = Object.fromEntries(new URLSearchParams(query));
  return html`<form class="action" method="get" action="${path}" data-dialog>${plainFields(fields)}${submitButton(model)}</form>`;
}

export function hiddenFields(
  { csrfToken }: Viewer,
  fields: Readonly<Record<string, string | number>> = {},
): Html {
  return plainFields({ ...(csrfToken !== undefined && { _csrf: csrfToken }), ...fields });
}

function plainFields(fields: Readonly<Record<string, string | number>>): Html {
  return html`${Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}`;
}
