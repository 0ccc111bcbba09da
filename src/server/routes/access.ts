import { z } from "zod";
import { roles } from "../../domain/role.ts";
import type { ApiKey } from "../../store/access-store.ts";
import { makeKey, revokeKey } from "../gate/keys.ts";
import { json } from "../reply.ts";
import { defineRoute, type Route } from "../route.ts";

const role = z.enum(roles).meta({
  description: "A viewer sees, an operator changes tasks, queues and workers, an admin keys too.",
});

const keyAnswer = z
  .object({
    id: z.string(),
    name: z.string(),
    role,
    hint: z.string().meta({ description: "Its first letters, to recognise it by." }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().optional(),
    revokedAt: z.iso.datetime().optional(),
  })
  .meta({ id: "Key" });

const meAnswer = z.object({
  kind: z.enum(["local", "key", "signIn"]).meta({
    description: "`local`: no key is in force, and whoever reaches this machine is trusted.",
  }),
  name: z.string(),
  role,
});

export const accessRoutes: readonly Route[] = [
  defineRoute({
    method: "GET",
    path: "/api/me",
    name: "whoAmI",
    tag: "access",
    summary: "Who is asking, and what they may do",
    needs: "viewer",
    answers: { 200: { description: "The caller", schema: meAnswer } },
    handle({ caller: { kind, name, role } }) {
      return json({ kind, name, role });
    },
  }),
  defineRoute({
    method: "GET",
    path: "/api/keys",
    name: "listKeys",
    tag: "access",
    summary: "The keys, those revoked too, oldest first",
    needs: "admin",
    answers: {
      200: { description: "The keys", schema: z.object({ keys: z.array(keyAnswer) }) },
    },
    async handle({ server }) {
      const keys = await server.store.access.listKeys();
      return json({ keys: keys.map(keyJson) });
    },
  }),
  defineRoute({
    method: "POST",
    path: "/api/keys",
    name: "createKey",
    tag: "access",
    summary: "Make a key",
    details: "The answer has the key itself, this once: the store keeps its hash alone.",
    needs: "admin",
    action: "key.create",
    body: z.object({ name: z.string().min(1).max(60), role }),
    answers: {
      201: {
        description: "The new key",
        schema: keyAnswer.extend({ key: z.string() }).meta({ id: "NewKey" }),
      },
    },
    async handle({ body: { name, role }, server, audit }) {
      audit({ target: `${name} (${role})` });
      const { access } = server.store;
      const { key, secret } = await makeKey({ access, name, role, now: server.clock.now() });
      server.gate.keysChanged();
      return json({ ...keyJson(key), key: secret }, { status: 201 });
    },
  }),
  defineRoute({
    method: "DELETE",
    path: "/api/keys/:id",
    name: "revokeKey",
    tag: "access",
    summary: "End a key at once, and all that signed in with it",
    details: "By its id or its name. Harmless when it is revoked already.",
    needs: "admin",
    action: "key.revoke",
    params: z.object({ id: z.string().min(1).max(100) }),
    answers: { 200: { description: "The key, revoked", schema: keyAnswer } },
    async handle({ params, server, audit }) {
      audit({ target: params.id });
      const { access } = server.store;
      const now = server.clock.now();
      const { key } = await revokeKey({ access, nameOrId: params.id, now });
      audit({ target: `${key.name} (${key.role})` });
      server.gate.keysChanged();
      return json(keyJson(key));
    },
  }),
];

function keyJson({ id, name, role, hint, createdAt, lastUsedAt, revokedAt }: ApiKey) {
  return {
    ...{ id, name, role, hint },
    createdAt: new Date(createdAt).toISOString(),
    ...(lastUsedAt !== undefined && { lastUsedAt: new Date(lastUsedAt).toISOString() }),
    ...(revokedAt !== undefined && { revokedAt: new Date(revokedAt).toISOString() }),
  };
}
