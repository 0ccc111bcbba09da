import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { expect, it } from "vitest";
import { hashOf } from "../../src/server/gate/secret.ts";
import { ClxSite } from "../support/clx.ts";

interface ListedKey {
  readonly name: string;
  readonly revoked_at: string | null;
}

it("prints a new key on stdout, alone and once, and keeps its hash", async () => {
  const site = new ClxSite();

  const { code, stdout, stderr } = await site.run(["keys", "create", "nightly", "--role=operator"]);

  const secret = stdout.trim();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^clx_[\w-]{43}\n$/);
  expect(stderr).toMatch(/"nightly" \(operator\).*not shown again.*\n.*everybody needs a key/);
  const store = await site.openStore();
  expect(await store.access.findKey(hashOf(secret))).toMatchObject({ name: "nightly" });
  await store.close();
  expect(readFileSync(site.databasePath, "latin1")).not.toContain(secret.slice(8));
});

it("lists keys, and never the secrets", async () => {
  const site = new ClxSite();
  const secret = await site.ok("keys", "create", "anna", "--role", "admin");

  const table = await site.ok("keys", "list");
  const json = await site.ok("keys", "list", "--json");

  expect(table).toMatch(/NAME +ROLE +KEY .*\nanna +admin +clx_.{4}… .* never +yes /);
  expect(JSON.parse(json)).toEqual({
    keys: [
      {
        id: expect.stringMatching(/^[0-9a-z]{20}$/),
        name: "anna",
        role: "admin",
        hint: secret.slice(0, 8),
        created_at: expect.stringMatching(/^\d{4}-.*Z$/),
        last_used_at: null,
        revoked_at: null,
      },
    ],
  });
  expect(table + json).not.toContain(secret.slice(8));
});

it("prints a new key with all that is known of it as JSON", async () => {
  const site = new ClxSite();

  const made = await site.json("keys", "create", "anna", "--role", "viewer");

  expect(made).toMatchObject({ name: "anna", role: "viewer", key: expect.stringMatching(/^clx_/) });
});

it("revokes a key by name or id, without a question, and once is enough", async () => {
  const site = new ClxSite();
  await site.ok("keys", "create", "anna", "--role", "viewer");
  const { id } = await site.json("keys", "create", "bob", "--role", "viewer");

  const first = await site.ok("keys", "revoke", "anna");
  const again = await site.ok("keys", "revoke", "anna");
  const byId = await site.json("keys", "revoke", String(id));
  const { keys } = await site.json<{ keys: ListedKey[] }>("keys", "list");

  expect([first, again]).toEqual([
    'the key "anna" is revoked',
    'the key "anna" was revoked already',
  ]);
  expect(byId).toMatchObject({ name: "bob", changed: true });
  expect(keys.every(({ revoked_at }) => revoked_at !== null)).toBe(true);
});

it("gives the name of a revoked key to a new one, and revokes that by name", async () => {
  const site = new ClxSite();
  await site.ok("keys", "create", "anna", "--role", "viewer");
  await site.ok("keys", "revoke", "anna");

  await site.ok("keys", "create", "anna", "--role", "admin");
  const revoked = await site.json("keys", "revoke", "anna");

  expect(revoked).toMatchObject({ role: "admin", changed: true });
});

it.each([
  [["keys", "create", "anna"], 2, /--role is missing: viewer, operator, admin/],
  [["keys", "create", "anna", "--role", "admn"], 2, /did you mean admin/],
  [["keys", "create", "--role", "admin"], 2, /NAME/],
  [["keys", "create", "local", "--role", "admin"], 2, /choose another/],
  [["keys", "create", "command line (root)", "--role", "admin"], 2, /letters, digits/],
  [["keys", "create", "a\u001b[2J", "--role", "admin"], 2, /letters, digits/],
  [["keys", "create", "x".repeat(61), "--role", "admin"], 2, /1 to 60/],
  [["keys", "create", "there", "--role", "admin"], 5, /there is in force already/],
  [["keys", "revoke", "nobody's"], 4, /"nobody's"; "clx keys list"/],
])("refuses %j", async (words, code, said) => {
  const site = new ClxSite();
  await site.ok("keys", "create", "there", "--role", "viewer");

  const outcome = await site.run(words);

  expect(outcome).toMatchObject({ code, stderr: expect.stringMatching(said) });
});

it("tells the audit trail which user of the machine made or revoked a key", async () => {
  const site = new ClxSite();
  const secret = await site.ok("keys", "create", "anna", "--role", "admin");
  await site.ok("keys", "revoke", "anna");
  await site.ok("keys", "revoke", "anna");

  const store = await site.openStore();
  const events = await store.listEvents({ after: 0, limit: 100 });

  const actor = `command line (${userInfo().username})`;
  const target = "anna (admin)";
  expect(events.filter(({ type }) => type === "audit").map(({ data }) => data)).toEqual([
    { actor, action: "key.create", target, outcome: "done" },
    { actor, action: "key.revoke", target, outcome: "done" },
  ]);
  expect(JSON.stringify(events)).not.toContain(secret.slice(8));
});
