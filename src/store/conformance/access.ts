import { expect, it } from "vitest";
import type { NewApiKey } from "../access-store.ts";
import type { Begin, Stage } from "./stage.ts";

export function describeAccess(begin: Begin): void {
  it("keeps keys, and finds one in force by its hash", async () => {
    const { store, now } = await begin();
    expect(await store.access.hasKeys()).toBe(false);

    const first = await store.access.addKey({ key: newKey("anna"), now });
    await store.access.addKey({ key: newKey("ben", { role: "viewer" }), now: now + 1 });

    const expected = { id: "id-anna", name: "anna", role: "admin", hint: "clx_an" };
    expect(first).toEqual({ ...expected, createdAt: now });
    expect(await store.access.hasKeys()).toBe(true);
    expect(await store.access.findKey("hash-anna")).toEqual(first);
    expect(await store.access.findKey("hash-nobody")).toBeUndefined();
    const keys = await store.access.listKeys();
    expect(keys.map(({ name, role }) => [name, role])).toEqual([
      ["anna", "admin"],
      ["ben", "viewer"],
    ]);
  });

  it("tells no hash", async () => {
    const { store, now } = await begin();
    await store.access.addKey({ key: newKey("anna"), now });
    await signIn({ store, now }, "anna");

    const told = [
      await store.access.listKeys(),
      (await store.access.findSignIn("sign-in-anna"))?.key,
      await store.listEvents({ after: 0, limit: 99 }),
    ];

    expect(JSON.stringify(told)).not.toContain("hash-anna");
  });

  it("gives a name to one key in force at a time", async () => {
    const { store, now } = await begin();
    await store.access.addKey({ key: newKey("anna"), now });
    const second = { ...newKey("anna"), id: "second", hash: "second" };

    await expect(store.access.addKey({ key: second, now })).rejects.toMatchObject({
      code: "key_conflict",
      message: expect.stringContaining("anna"),
    });
    await store.access.revokeKey({ id: "id-anna", now });
    await store.access.addKey({ key: second, now });

    expect(await store.access.findKey("second")).toMatchObject({ id: "second", name: "anna" });
  });

  it("recognises a repeated addKey by its id", async () => {
    const { store, now } = await begin();
    const first = await store.access.addKey({ key: newKey("anna"), now });

    const second = await store.access.addKey({ key: newKey("anna"), now: now + 1 });

    expect(second).toEqual(first);
    expect(await store.access.listKeys()).toEqual([first]);
  });

  it("revokes a key once, and its sign-ins with it", async () => {
    const { store, now } = await begin();
    await store.access.addKey({ key: newKey("anna"), now });
    await store.access.addKey({ key: newKey("ben"), now });
    await signIn({ store, now }, "anna");
    await signIn({ store, now }, "ben");

    await store.access.revokeKey({ id: "id-anna", now: now + 5 });
    const again = await store.access.revokeKey({ id: "id-anna", now: now + 9 });

    expect(again.revokedAt).toBe(now + 5);
    expect(await store.access.findKey("hash-anna")).toBeUndefined();
    expect(await store.access.findSignIn("sign-in-anna")).toBeUndefined();
    expect(await store.access.findSignIn("sign-in-ben")).toBeDefined();
    expect(await store.access.listKeys()).toHaveLength(2);
    await expect(store.access.revokeKey({ id: "nobody", now })).rejects.toMatchObject({
      code: "key_not_found",
    });
  });

  it("has no keys once all are revoked", async () => {
    const { store, now } = await begin();
    await store.access.addKey({ key: newKey("anna"), now });
    await store.access.revokeKey({ id: "id-anna", now });

    expect(await store.access.hasKeys()).toBe(false);
  });

  it("notes when a key was used last", async () => {
    const { store, now } = await begin();
    await store.access.addKey({ key: newKey("anna"), now });

    await store.access.touchKey({ id: "id-anna", now: now + 7 });

    expect(await store.access.findKey("hash-anna")).toMatchObject({ lastUsedAt: now + 7 });
  });

  it("keeps sign-ins until they are removed or old", async () => {
    const { store, now } = await begin();
    const key = await store.access.addKey({ key: newKey("anna"), now });
    for (const [hash, expiresAt] of [
      ["a", 10],
      ["b", 20],
      ["c", 30],
    ] as const) {
      const one = { hash, keyId: key.id, createdAt: 1, expiresAt };
      await store.access.addSignIn({ signIn: one });
      expect(await store.access.findSignIn(hash)).toEqual({ signIn: one, key });
    }

    expect(await store.access.removeOldSignIns({ expiredBefore: 20 })).toBe(1);
    await store.access.removeSignIn("c");
    await store.access.removeSignIn("nobody's");

    expect(await store.access.findSignIn("a")).toBeUndefined();
    expect(await store.access.findSignIn("b")).toBeDefined();
    expect(await store.access.findSignIn("c")).toBeUndefined();
  });

  it("is the same for every connection", async () => {
    const stage = await begin();
    const other = await stage.site.openAnother();
    await stage.store.access.addKey({ key: newKey("anna"), now: stage.now });

    expect(await other.access.findKey("hash-anna")).toBeDefined();
    await other.access.revokeKey({ id: "id-anna", now: stage.now });
    expect(await stage.store.access.findKey("hash-anna")).toBeUndefined();
  });
}

function newKey(name: string, fields: Partial<NewApiKey> = {}): NewApiKey {
  const hint = `clx_${name.slice(0, 2)}`;
  return { id: `id-${name}`, name, role: "admin", hash: `hash-${name}`, hint, ...fields };
}

async function signIn({ store, now }: Pick<Stage, "store" | "now">, name: string): Promise<void> {
  const times = { createdAt: now, expiresAt: now + 1_000 };
  await store.access.addSignIn({
    signIn: { hash: `sign-in-${name}`, keyId: `id-${name}`, ...times },
  });
}
