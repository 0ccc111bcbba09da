import { roles } from "../../domain/role.ts";
import type { ApiKey } from "../../store/access-store.ts";
import { dialogLink, hiddenFields, submitButton } from "../button.ts";
import { confirmation } from "../dialog.ts";
import { empty } from "../empty.ts";
import { type Html, html, nothing } from "../html.ts";
import type { Viewer } from "../page.ts";
import { type Row, table } from "../table.ts";
import { time } from "../time.ts";
import type { SettingsModel } from "./settings-model.ts";

/** Who may do what: the keys, and how to make one. */
export function keysSection(model: SettingsModel): Html {
  return html`<section aria-labelledby="keys-title-section" id="keys-section" data-live="events"><h2 id="keys-title-section">Keys</h2>${body(model)}</section>`;
}

function body({ keys, viewer, now, isOpen }: SettingsModel): Html {
  if (keys === undefined) {
    return empty({
      kind: "not_allowed",
      title: "Keys are for admins.",
      more: `Your role is ${viewer.role ?? "none"}.`,
    });
  }
  return html`${isOpen && html`<p class="note">No key is in force: whoever reaches this machine's loopback may do everything. As soon as there is one, everybody needs one, you too: make an admin's first, and keep it.</p>`}
${keys.length === 0 ? empty({ kind: "none", title: "There are no keys yet.", command: "clx keys create NAME --role admin" }) : keysTable(keys, viewer, now)}
${newKey(
  viewer,
  keys.every(({ revokedAt }) => revokedAt !== undefined),
)}`;
}

function keysTable(keys: readonly ApiKey[], viewer: Viewer, now: number): Html {
  return table({
    id: "access-keys",
    caption: "Keys, oldest first",
    isCaptionUnseen: true,
    columns: [
      { head: "Name" },
      { head: "Role" },
      { head: "Begins with" },
      { head: "Created" },
      { head: "Last used" },
      { head: "Revoke", isUnseen: true },
    ],
    rows: keys.map((key) => keyRow(key, viewer, now)),
  });
}

function keyRow(key: ApiKey, viewer: Viewer, now: number): Row {
  const { id, name, role, hint, createdAt, lastUsedAt, revokedAt } = key;
  const isRevoked = revokedAt !== undefined;
  return {
    id: `key-${id}`,
    ...(isRevoked && { className: "gone" }),
    cells: [
      name,
      role,
      html`<code>${hint}…</code>`,
      time(createdAt, { now, inRow: true }),
      lastUsedAt === undefined
        ? html`<span class="muted">never</span>`
        : time(lastUsedAt, { now, inRow: true }),
      isRevoked
        ? html`revoked ${time(revokedAt, { now, inRow: true })}`
        : html`<span class="small">${dialogLink({
            label: "Revoke",
            name: `Revoke key ${name}`,
            look: "danger",
            href: `/settings/keys/${encodeURIComponent(id)}/revoke`,
            needs: "admin",
            viewer,
          })}</span>`,
    ],
  };
}

/** The first one had better be an admin's: whoever makes it needs a key from then on. */
function newKey(viewer: Viewer, isFirst: boolean): Html {
  const proposed = isFirst ? "admin" : "viewer";
  return html`<form class="new-key" method="post" action="/settings/keys"><h3>New key</h3>${hiddenFields(viewer)}
<p class="field"><label for="key-name">Name</label><input id="key-name" name="name" required maxlength="60" autocomplete="off" spellcheck="false"></p>
<p class="field"><label for="key-role">Role</label><select id="key-role" name="role">${roles.map((role) => html`<option value="${role}"${role === proposed ? html` selected` : nothing}>${roleWords[role]}</option>`)}</select></p>
<div class="buttons">${submitButton({ label: "Create key", look: "primary" })}</div></form>`;
}

const roleWords = {
  viewer: "viewer: sees everything",
  operator: "operator: acts on tasks and workers",
  admin: "admin: makes and revokes keys too",
} as const;

/** The only time that anybody sees it. */
export function createdKey(key: ApiKey, secret: string): Html {
  return html`<h1>Key ${key.name} was created</h1>
<p>Copy it now: it is shown this once. Only its hash is kept.</p>
<p class="secret"><code id="new-key-secret">${secret}</code> <button type="button" data-copy="${secret}" hidden>Copy key</button></p>
<p class="muted">Role ${key.role}. Send it as <code>Authorization: Bearer …</code>, or sign in with it.</p>
<p><a class="button" href="/settings">Done, back to the settings</a></p>`;
}

export function confirmRevoke(key: ApiKey, viewer: Viewer, isLast: boolean): Html {
  return confirmation({
    id: "confirm-revoke",
    title: `Revoke key ${key.name}?`,
    body: html`<p>Whoever uses it is refused at once, and browsers that signed in with it are signed out.</p>${isLast && html`<p>It is the last one in force: from then on whoever reaches this machine's loopback may do everything, and nobody else may do anything.</p>`}`,
    action: `/settings/keys/${encodeURIComponent(key.id)}/revoke`,
    verb: `Revoke key ${key.name}`,
    asksReason: true,
    back: "/settings",
    viewer,
  });
}
