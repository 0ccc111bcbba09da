import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openSqliteStore } from "../../store/sqlite/open-sqlite-store.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { Caller } from "./caller.ts";
import { createGate, pagesFactor, refusalsToldPerMinute } from "./create-gate.ts";
import type { Gate } from "./gate.ts";
import { makeKey, revokeKey } from "./keys.ts";
import { freeTries } from "./wrong-keys.ts";

const home = "http://localhost:4317";
const nobodys = `clx_${"A".repeat(43)}`;

interface Stage {
  readonly store: TaskStore;
  readonly gate: Gate;
  readonly databasePath: string;
  now: number;
}

async function stage(settings: { host?: string; rateLimit?: number } = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "clx-gate-"));
  const databasePath = join(folder, "clx.db");
  const store = await openSqliteStore({ path: databasePath });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const made = { store, databasePath, now: 1_700_000_000_000 };
  const clock = { now: () => made.now, monotonic: () => made.now - 1_600_000_000_000 };
  const gate = createGate({
    access: store.access,
    settings: { host: "127.0.0.1", rateLimit: 0, signInMs: 60_000, ...settings },
    clock,
  });
  return Object.assign(made, { gate });
}

async function keyOf({ store, gate, now }: Stage, name = "anna", role = "operator" as const) {
  const { secret } = await makeKey({ access: store.access, name, role, now });
  gate.keysChanged();
  return secret;
}

function ask(headers: Record<string, string> = {}, address = `${home}/api/tasks`): Request {
  return new Request(address, { headers });
}

function bearer(key: string): Request {
  return ask({ Authorization: `Bearer ${key}` });
}

async function signedIn(place: Stage, headers: Record<string, string> = {}) {
  const key = await keyOf(place);
  const { cookie, caller } = await place.gate.signIn({ request: ask(headers), key });
  return { key, caller, cookie, request: ask({ ...headers, Cookie: cookie.split(";")[0] ?? "" }) };
}

it("trusts whoever reaches the loopback while no key is in force", async () => {
  const { gate } = await stage();

  expect(await gate.identify(ask())).toMatchObject({ kind: "local", role: "admin" });
});

it.each(["localhost", "localhost:4317", "LOCALHOST", "127.0.0.1:80", "127.8.9.1", "[::1]:4317"])(
  "answers to the host %s without a key",
  async (Host) => {
    const { gate } = await stage();

    expect((await gate.identify(ask({ Host }))).kind).toBe("local");
  },
);

it.each([
  "evil.example",
  "evil.example:4317",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "evil.example:127.0.0.1",
  "192.168.1.5",
  "",
])('refuses the host "%s" without a key, so that no name of elsewhere leads here', async (Host) => {
  const { gate } = await stage();

  await expect(gate.identify(ask({ Host }))).rejects.toMatchObject({ code: "forbidden" });
});

it.each(["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"])(
  "refuses what a proxy forwards (%s) without a key",
  async (header) => {
    const { gate } = await stage();

    const refused = gate.identify(ask({ [header]: "203.0.113.9" }));

    await expect(refused).rejects.toMatchObject({ code: "forbidden" });
  },
);

it.each(["0.0.0.0", "::", "192.168.1.5", "build.example"])(
  "refuses everybody on %s without a key",
  async (host) => {
    const { gate } = await stage({ host });

    await expect(gate.identify(ask())).rejects.toMatchObject({ code: "unauthorised" });
  },
);

it("goes on refusing beyond the loopback once the last key is revoked", async () => {
  const place = await stage({ host: "0.0.0.0" });
  await keyOf(place);
  const before = await place.gate.identify(ask());
  await revokeKey({ access: place.store.access, nameOrId: "anna", now: place.now });

  place.now += 1_000;

  expect(before.kind).toBe("nobody");
  await expect(place.gate.identify(ask())).rejects.toMatchObject({ code: "unauthorised" });
});

it("trusts nobody as soon as a key is in force", async () => {
  const place = await stage();
  await keyOf(place);

  const caller = await place.gate.identify(ask());

  expect(caller).toEqual({ kind: "nobody", name: "nobody" });
});

it("notices within a second that somebody else made the first key", async () => {
  const place = await stage();
  await place.gate.identify(ask());
  const { store, gate } = place;
  await makeKey({ access: store.access, name: "first", role: "admin", now: place.now });

  place.now += 1_000;

  expect((await gate.identify(ask())).kind).toBe("nobody");
});

it.each([
  ["Authorization", (key: string) => `Bearer ${key}`],
  ["Authorization", (key: string) => `bearer  ${key} `],
  ["X-API-Key", (key: string) => key],
])("knows a key in %s", async (header, write) => {
  const place = await stage();
  const key = await keyOf(place);

  const caller = await place.gate.identify(ask({ [header]: write(key) }));

  expect(caller).toMatchObject({ kind: "key", name: "anna", role: "operator" });
});

it.each([
  ["unknown", () => nobodys],
  ["empty of sense", () => "x"],
  ["cut off", (key: string) => key.slice(0, -1)],
  ["written in other letters", (key: string) => key.toUpperCase()],
])("refuses a key that is %s, whoever asks", async (_, spoil) => {
  const place = await stage();
  const key = await keyOf(place);

  const refused = place.gate.identify(bearer(spoil(key)));

  await expect(refused).rejects.toMatchObject({ code: "unauthorised" });
  await expect(refused).rejects.toThrow(/^(?!.*clx_)/);
});

it("refuses a wrong key even where none is needed", async () => {
  const { gate } = await stage();

  await expect(gate.identify(bearer(nobodys))).rejects.toMatchObject({ code: "unauthorised" });
});

it("refuses a revoked key at once", async () => {
  const place = await stage();
  const key = await keyOf(place);
  const caller = await place.gate.identify(bearer(key));
  await keyOf(place, "other");

  await revokeKey({ access: place.store.access, nameOrId: "anna", now: place.now });

  await expect(place.gate.identify(bearer(key))).rejects.toMatchObject({ code: "unauthorised" });
  expect(await place.gate.isInForce(caller)).toBe(false);
});

it("refuses a key in the address, and says where it belongs", async () => {
  const place = await stage();
  const key = await keyOf(place);

  const refused = place.gate.identify(ask({}, `${home}/api/tasks?key=${key}`));

  await expect(refused).rejects.toThrow(/Authorization/);
  await expect(refused).rejects.not.toThrow(key);
});

it("notes that a key is used, at most once a minute", async () => {
  const place = await stage();
  const key = await keyOf(place);
  const lastUse = async () => {
    // Nobody waits for the note; a later write comes after it.
    await place.store.access.removeSignIn("none");
    return (await place.store.access.listKeys())[0]?.lastUsedAt;
  };
  const start = place.now;

  await place.gate.identify(bearer(key));
  const first = await lastUse();
  place.now += 59_000;
  await place.gate.identify(bearer(key));
  const second = await lastUse();
  place.now += 1_000;
  await place.gate.identify(bearer(key));

  expect([first, second, await lastUse()]).toEqual([start, start, start + 60_000]);
});

it("keeps no secret in the database", async () => {
  const place = await stage();
  const { key, cookie } = await signedIn(place);
  await place.gate.identify(bearer(key));
  const secret = /=([^;]+)/.exec(cookie)?.[1] ?? "";

  await place.store.close();
  const file = readFileSync(place.databasePath, "latin1");

  expect(secret).toHaveLength(43);
  expect(file.includes(key.slice(8))).toBe(false);
  expect(file.includes(secret)).toBe(false);
});

it("signs a browser in with a key", async () => {
  const place = await stage();
  const { request, cookie, caller } = await signedIn(place);

  const again = await place.gate.identify(request);

  expect(again).toEqual(caller);
  expect(again).toMatchObject({ kind: "signIn", name: "anna", role: "operator" });
  expect(cookie).toMatch(
    /^clx_sign_in_4317=[\w-]{43}; Path=\/; Max-Age=60; HttpOnly; SameSite=Strict$/,
  );
});

it("makes the cookie of a sign-in over https one that never leaves https", async () => {
  const place = await stage();
  const { cookie, request } = await signedIn(place, { "X-Forwarded-Proto": "https" });

  expect(cookie).toMatch(/^__Host-clx_sign_in_4317=.*; Secure$/);
  expect((await place.gate.identify(request)).kind).toBe("signIn");
});

it("gives servers on two ports cookies of their own", async () => {
  const place = await stage();
  const { cookie } = await signedIn(place, { Host: "localhost:4317" });
  const Cookie = cookie.split(";")[0] ?? "";

  const there = await place.gate.identify(ask({ Host: "localhost:4318", Cookie }));

  expect(cookie).toMatch(/^clx_sign_in_4317=/);
  expect(there.kind).toBe("nobody");
});

it("lets nobody in with a sign-in that has ended", async () => {
  const place = await stage();
  const { request, caller } = await signedIn(place);
  const before = await place.gate.isInForce(caller);

  place.now += 60_000;

  expect(await place.gate.identify(request)).toMatchObject({ kind: "nobody" });
  expect([before, await place.gate.isInForce(caller)]).toEqual([true, false]);
});

it("ends a sign-in at the sign-out, at the next sign-in, and with its key", async () => {
  const place = await stage();
  const { key, request } = await signedIn(place);
  const second = await place.gate.signIn({ request, key });
  const replaced = await place.gate.identify(request);
  const current = ask({ Cookie: second.cookie.split(";")[0] ?? "" });

  const goodbye = await place.gate.signOut(current);
  const signedOut = await place.gate.identify(current);
  const third = await place.gate.signIn({ request: ask(), key });
  await keyOf(place, "other");
  await revokeKey({ access: place.store.access, nameOrId: "anna", now: place.now });
  const withoutKey = await place.gate.identify(ask({ Cookie: third.cookie.split(";")[0] ?? "" }));

  expect([replaced.kind, signedOut.kind, withoutKey.kind]).toEqual(["nobody", "nobody", "nobody"]);
  expect(goodbye).toMatch(/^clx_sign_in_4317=; Path=\/; Max-Age=0;/);
});

it.each([
  { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image" },
  { "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty" },
  { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe" },
])("lets no page of another site fetch anything %j", async (headers) => {
  const place = await stage();
  const open = place.gate.identify(ask(headers));
  await expect(open).rejects.toMatchObject({ code: "forbidden" });
  const { request } = await signedIn(place);
  const Cookie = request.headers.get("Cookie") ?? "";

  const asked = place.gate.identify(ask({ ...headers, Cookie }));

  await expect(asked).rejects.toMatchObject({ code: "forbidden" });
});

it("lets somebody come by a link on another site", async () => {
  const { gate } = await stage();
  const click = { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" };

  const caller = await gate.identify(ask({ ...click, "Sec-Fetch-Site": "cross-site" }));

  expect(caller.kind).toBe("local");
});

const foreignPages: readonly Record<string, string>[] = [
  { "Sec-Fetch-Site": "cross-site" },
  { "Sec-Fetch-Site": "same-site" },
  { "Sec-Fetch-Site": "cross-site", Origin: home },
  { Origin: "https://evil.example" },
  { Origin: "null" },
  { Origin: "" },
  { Origin: "http://localhost:9999" },
  { Origin: "http://localhost:4317.evil.example" },
];

it.each(foreignPages)("takes no change from a foreign page %j", async (headers) => {
  const place = await stage();
  const request = ask({ Host: "localhost:4317", ...headers });
  const local = await place.gate.identify(ask());
  const { caller } = await signedIn(place);

  for (const who of [local, caller]) {
    expect(() => place.gate.checkChange(request, who, caller.csrfToken)).toThrow(
      expect.objectContaining({ code: "forbidden" }),
    );
  }
});

it.each([
  { "Sec-Fetch-Site": "same-origin" },
  { Origin: home },
  { Origin: "https://localhost:4317" },
  {},
])("takes changes from its own pages and from programs %j", async (headers) => {
  const { gate } = await stage();
  const request = ask({ Host: "localhost:4317", ...headers });

  const caller = await gate.identify(request);

  expect(() => gate.checkChange(request, caller, undefined)).not.toThrow();
});

it("takes no change of a sign-in without its token", async () => {
  const place = await stage();
  const { caller, request } = await signedIn(place);
  const other = await place.gate.signIn({ request: ask(), key: await keyOf(place, "bob") });
  const withHeader = ask({ "X-CSRF-Token": caller.csrfToken ?? "" });

  for (const token of [undefined, "", "x", other.caller.csrfToken]) {
    expect(() => place.gate.checkChange(request, caller, token)).toThrow(/token/);
  }
  expect(() => place.gate.checkChange(request, caller, caller.csrfToken)).not.toThrow();
  expect(() => place.gate.checkChange(withHeader, caller, undefined)).not.toThrow();
});

it("takes changes with a key from wherever they come: no page can send one", async () => {
  const place = await stage();
  const request = ask({
    Authorization: `Bearer ${await keyOf(place)}`,
    Origin: "https://evil.example",
  });

  const caller = await place.gate.identify(request);

  expect(() => place.gate.checkChange(request, caller, undefined)).not.toThrow();
});

it("slows down whoever tries keys, more with each, and lets a right key through", async () => {
  const place = await stage();
  const key = await keyOf(place);
  const { gate } = place;
  const tried = (address: string) =>
    gate.identify(bearer(nobodys), address).catch((error: unknown) => error);
  for (let tries = 0; tries < freeTries; tries++) await tried("203.0.113.9");

  const first = await tried("203.0.113.9");
  place.now += 1_000;
  const next = await tried("203.0.113.9");
  const second = await tried("203.0.113.9");

  expect(first).toMatchObject({ code: "too_many_requests", retryAfterMs: 1_000 });
  expect(next).toMatchObject({ code: "unauthorised" });
  expect(second).toMatchObject({ code: "too_many_requests", retryAfterMs: 2_000 });
  expect(await tried("203.0.113.10")).toMatchObject({ code: "unauthorised" });
  expect(await gate.identify(bearer(key), "203.0.113.9")).toMatchObject({ name: "anna" });
});

it("counts wrong keys of an IPv6 neighbourhood together, at the sign-in too", async () => {
  const place = await stage();
  await keyOf(place);
  const tries = Array.from({ length: freeTries + 1 }, (_, at) => ({
    request: ask(),
    key: nobodys,
    address: `2001:db8:1:2::${at.toString(16)}`,
  }));

  const codes: unknown[] = [];
  for (const params of tries) {
    await place.gate.signIn(params).catch(({ code }: { code: string }) => codes.push(code));
  }

  expect(codes.at(-2)).toBe("unauthorised");
  expect(codes.at(-1)).toBe("too_many_requests");
});

it("never waits longer than five minutes, and forgets after a quarter of an hour", async () => {
  const place = await stage();
  const tried = () => place.gate.identify(bearer(nobodys), "::1").catch((error: unknown) => error);
  for (let tries = 0; tries < 30; tries++) {
    await tried();
    place.now += 300_000;
  }
  await tried();
  const slowed = await tried();

  place.now += 15 * 60_000 + 1;
  await tried();

  expect(slowed).toMatchObject({ retryAfterMs: 300_000 });
  expect(await tried()).toMatchObject({ code: "unauthorised" });
});

function requestsUntilRefused(gate: Gate, request: Request, caller: Caller): number {
  for (let count = 0; count < 10_000; count++) {
    try {
      gate.count(request, caller, "203.0.113.9");
    } catch {
      return count;
    }
  }
  return Number.POSITIVE_INFINITY;
}

it("lets each caller come so often a minute, and says when to come back", async () => {
  const place = await stage({ rateLimit: 60 });
  const anna = await place.gate.identify(bearer(await keyOf(place, "anna")));
  const bob = await place.gate.identify(bearer(await keyOf(place, "bob")));

  const counts = [anna, bob].map((who) => requestsUntilRefused(place.gate, ask(), who));
  place.now += 500;

  expect(counts).toEqual([60, 60]);
  expect(() => place.gate.count(ask(), anna)).toThrow(
    expect.objectContaining({ code: "too_many_requests", retryAfterMs: 500 }),
  );
  place.now += 500;
  expect(() => place.gate.count(ask(), anna)).not.toThrow();
});

it("lets pages come more often, and nobody without end by calling itself one", async () => {
  const place = await stage({ rateLimit: 60 });
  const claims = { "Sec-Fetch-Site": "same-origin" };
  const local = await place.gate.identify(ask(claims));
  const { caller, key } = await signedIn(place);
  const program = await place.gate.identify(bearer(key));

  expect(requestsUntilRefused(place.gate, ask(claims), program)).toBe(60);
  expect(requestsUntilRefused(place.gate, ask(), caller)).toBe(60 * pagesFactor);
  expect(requestsUntilRefused(place.gate, ask(claims), local)).toBe(60 * pagesFactor);
});

it("knows no limit when it is 0", async () => {
  const place = await stage({ rateLimit: 0 });
  const caller = await place.gate.identify(ask());

  expect(requestsUntilRefused(place.gate, ask(), caller)).toBe(Number.POSITIVE_INFINITY);
});

it("tells so many refusals of each caller a minute, and no more", async () => {
  const place = await stage();
  await keyOf(place);
  const nobody = await place.gate.identify(ask());
  const tells = (address: string) => place.gate.tellsRefusal(nobody, address);

  const told = Array.from({ length: 1_000 }, () => tells("203.0.113.9")).filter(Boolean).length;
  place.now += 60_000;

  expect(told).toBe(refusalsToldPerMinute);
  expect([tells("203.0.113.9"), tells("203.0.113.10")]).toEqual([true, true]);
});
