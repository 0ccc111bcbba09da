import { z } from "zod";
import { confirmRevoke, createdKey } from "../../dashboard/settings/keys.ts";
import { settingsPage } from "../../dashboard/settings/settings.ts";
import { ClxError } from "../../domain/errors.ts";
import { roles } from "../../domain/role.ts";
import { makeKey, revokeKey } from "../gate/keys.ts";
import { defineRoute, type Route } from "../route.ts";
import { actAndShow } from "./act-and-show.ts";
import { gatherSettings } from "./settings/gather-settings.ts";
import { showPage, viewerOf } from "./show-page.ts";

const page = { 200: { description: "The page", media: "text/html" } };

const show = defineRoute({
  method: "GET",
  path: "/settings",
  name: "showSettings",
  tag: "pages",
  summary: "What is in force, and who may do what",
  needs: "viewer",
  answers: page,
  async handle(asked) {
    const main = settingsPage(await gatherSettings(asked));
    return await showPage(asked, { title: "Settings", place: "settings", main });
  },
});

const create = defineRoute({
  method: "POST",
  path: "/settings/keys",
  name: "createKeyFromPage",
  tag: "pages",
  summary: "Make a key, and show it this once",
  needs: "admin",
  action: "key.create",
  body: z.object({ name: z.string().trim().min(1).max(60), role: z.enum(roles) }),
  answers: page,
  async handle(asked) {
    const { server, body, audit } = asked;
    const { access } = server.store;
    audit({ target: `${body.name} (${body.role})` });
    const { key, secret } = await makeKey({ access, ...body, now: server.clock.now() });
    server.gate.keysChanged();
    const main = createdKey(key, secret);
    return await showPage(asked, { title: "New key", place: "settings", main });
  },
});

const params = z.object({ id: z.string().min(1).max(100) });

const confirm = defineRoute({
  method: "GET",
  path: "/settings/keys/:id/revoke",
  name: "confirmRevokeKey",
  tag: "pages",
  summary: "Asks before a key is revoked",
  needs: "admin",
  params,
  answers: page,
  async handle(asked) {
    const keys = await asked.server.store.access.listKeys();
    const key = keys.find(({ id }) => id === asked.params.id);
    if (key === undefined) throw new ClxError("key_not_found", "there is no such key");
    const inForce = keys.filter(({ revokedAt }) => revokedAt === undefined);
    const isLast = inForce.length === 1 && inForce[0]?.id === key.id;
    const main = confirmRevoke(key, viewerOf(asked.caller), isLast);
    return await showPage(asked, { title: "Revoke key", place: "settings", main });
  },
});

const revoke = defineRoute({
  method: "POST",
  path: "/settings/keys/:id/revoke",
  name: "revokeKeyFromPage",
  tag: "pages",
  summary: "Revoke a key",
  needs: "admin",
  action: "key.revoke",
  params,
  body: z.object({ reason: z.string().trim().max(500).optional() }),
  answers: { 303: { description: "Back to the settings" } },
  async handle(asked) {
    const { server, params, body, audit } = asked;
    if (body.reason) audit({ reason: body.reason });
    return await actAndShow(asked, {
      back: "/settings",
      async act() {
        const { access } = server.store;
        const now = server.clock.now();
        const { key, changed } = await revokeKey({ access, nameOrId: params.id, now });
        audit({ target: `${key.name} (${key.role})` });
        server.gate.keysChanged();
        return changed ? `Key ${key.name} is revoked.` : `Key ${key.name} was revoked before.`;
      },
    });
  },
});

export const settingsPages: readonly Route[] = [show, create, confirm, revoke];
