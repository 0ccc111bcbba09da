import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mayActAs, type Role, roles } from "../../src/domain/role.ts";
import { refusalsToldPerMinute } from "../../src/server/gate/create-gate.ts";
import { makeKey } from "../../src/server/gate/keys.ts";
import { lateEventsOf } from "../../src/server/late-events.ts";
import type { Route } from "../../src/server/route.ts";
import { allRoutes } from "../../src/server/routes.ts";
import { ApiSite } from "../support/api-site.ts";

const changes = allRoutes.filter(({ method }) => method !== "GET");
const reads = allRoutes.filter(({ method }) => method === "GET");
const guarded = allRoutes.filter(({ needs }) => needs !== "public");

/** Whoever may know nothing, may know this: that there is a server, how it is, and how to sign in. */
const knownToAll = [
  "GET /api/docs",
  "GET /api/openapi.json",
  "GET /assets/:name",
  "GET /health",
  "GET /ready",
  "GET /sign-in",
  "POST /sign-in",
  "POST /sign-out",
];

type Headers = Readonly<Record<string, string>>;

let site: ApiSite;

/** A key for each role is in force. */
let keys: Record<Role, string>;

beforeAll(async () => {
  site = await ApiSite.open();
  keys = {
    viewer: await newKey("viewer"),
    operator: await newKey("operator"),
    admin: await newKey("admin"),
  };
});

afterAll(async () => {
  await site.close();
});

let made = 0;

async function newKey(role: Role): Promise<string> {
  made += 1;
  const { access } = site.store;
  const { secret } = await makeKey({ access, name: `${role} ${made}`, role, now: Date.now() });
  site.server.gate.keysChanged();
  return secret;
}

function spell({ method, path }: Route): string {
  return `${method} ${path}`;
}

async function audited({ store, server }: ApiSite) {
  // Not every answer waits for its event; a later write comes after them.
  lateEventsOf(server).write();
  await store.access.removeSignIn("none");
  const events = await store.listEvents({ after: 0, limit: 10_000 });
  return events.flatMap(({ type, data }) => (type === "audit" && data ? [data] : []));
}

interface AskParams {
  readonly headers?: Headers;
  readonly method?: string;
  readonly query?: string;
  readonly at?: ApiSite;
  readonly body?: string;
}

/** The route with ids that are nobody's; answers that go on are let go. */
async function ask(route: Route, params: AskParams = {}): Promise<Response> {
  const { headers = {}, method = route.method, query = "", at = site, body = "{}" } = params;
  const path = route.path.replaceAll(/:\w+/g, "nobodys");
  const leaving = new AbortController();
  const response = await at.app.request(
    new Request(`http://localhost${path}${query}`, {
      method,
      headers: { "Content-Type": "application/json", ...headers },
      ...(method !== "GET" && method !== "HEAD" && method !== "OPTIONS" && { body }),
      signal: leaving.signal,
    }),
  );
  if (/event-stream|ndjson/.test(response.headers.get("content-type") ?? "")) {
    await response.body?.cancel();
    leaving.abort();
  }
  return response;
}

/** Lines for the routes whose answer is another than wanted. */
async function wrongAnswers(
  routes: readonly Route[],
  params: AskParams,
  isRight: (status: number, route: Route) => boolean,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const route of routes) {
    const { status } = await ask(route, params);
    if (!isRight(status, route)) wrong.push(`${spell(route)}: ${status}`);
  }
  return wrong;
}

async function signIn(role: Role): Promise<{ cookie: string; token: string }> {
  const request = new Request("http://localhost/");
  const { cookie, caller } = await site.server.gate.signIn({ request, key: keys[role] });
  return { cookie: cookie.split(";")[0] ?? "", token: caller.csrfToken ?? "" };
}

describe("the table of routes", () => {
  it("is open to nobody, but for what is named here", () => {
    const open = allRoutes.filter(({ needs }) => needs === "public").map(spell);

    expect(open.filter((route) => !knownToAll.includes(route))).toEqual([]);
  });

  it("lets viewers change nothing, and only admins make and revoke keys", () => {
    const byViewers = changes.filter(({ needs }) => needs === "viewer").map(spell);
    const ofKeys = allRoutes.filter(({ path }) => path.startsWith("/api/keys"));

    expect(byViewers).toEqual([]);
    expect(ofKeys.map(({ needs }) => needs)).toEqual(ofKeys.map(() => "admin"));
  });

  it("has an action in the audit trail for each change", () => {
    expect(changes.filter(({ action }) => action === undefined).map(spell)).toEqual([]);
  });
});

describe("every route", () => {
  it("answers 401 to nobody", async () => {
    expect(await wrongAnswers(guarded, {}, (status) => status === 401)).toEqual([]);
  });

  it("answers 401 to nobody before it looks at what they sent", async () => {
    const params = { body: "{not json", query: "?unheard=of" };

    expect(await wrongAnswers(guarded, params, (status) => status === 401)).toEqual([]);
  });

  it("answers 401 to a wrong key, be it open to everybody", async () => {
    const headers = { Authorization: `Bearer clx_${"A".repeat(43)}` };
    const refused = (status: number) => status === 401 || status === 429;

    expect(await wrongAnswers(allRoutes, { headers }, refused)).toEqual([]);
  });

  it("answers 401 to a key in the address", async () => {
    const query = `?api_key=${keys.admin}`;

    expect(await wrongAnswers(allRoutes, { query }, (status) => status === 401)).toEqual([]);
  });

  it("answers 401 to a sign-in that has ended", async () => {
    const { cookie } = await signIn("admin");
    await site.server.gate.signOut(new Request("http://localhost/", { headers: { cookie } }));

    const params = { headers: { cookie } };

    expect(await wrongAnswers(guarded, params, (status) => status === 401)).toEqual([]);
  });

  it.each(roles)("answers 403 to a %s who may not, and lets those pass who may", async (role) => {
    const headers = { Authorization: `Bearer ${await newKey(role)}` };
    const isRight = (status: number, { needs }: Route) =>
      needs === "public" || mayActAs(role, needs)
        ? status !== 401 && status !== 403 && status < 500
        : status === 403;
    const routes = allRoutes.filter(({ path }) => path !== "/sign-in");

    expect(await wrongAnswers(routes, { headers }, isRight)).toEqual([]);
  });

  it.each(roles)("answers 403 to a browser of a %s who may not", async (role) => {
    const { cookie, token } = await signIn(role);
    const headers = { cookie, "X-CSRF-Token": token, "Sec-Fetch-Site": "same-origin" };
    const isRight = (status: number, { needs }: Route) =>
      needs === "public" || mayActAs(role, needs)
        ? status !== 401 && status !== 403
        : status === 403;
    const routes = allRoutes.filter(({ path }) => !path.startsWith("/sign-"));

    expect(await wrongAnswers(routes, { headers }, isRight)).toEqual([]);
  });

  it("gives nobody a HEAD to whom it gives no GET", async () => {
    const params = { method: "HEAD" };

    expect(
      await wrongAnswers(reads, params, (status, { needs }) =>
        needs === "public" ? status !== 401 : status === 401,
      ),
    ).toEqual([]);
  });

  it("invites no page of elsewhere: OPTIONS and CORS are unknown to it", async () => {
    const headers = {
      Origin: "https://evil.example",
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "authorization",
    };
    for (const route of allRoutes) {
      const response = await ask(route, { headers, method: "OPTIONS" });
      const allowing = [...response.headers.keys()].filter((name) => /access-control/.test(name));

      expect([spell(route), response.ok, allowing]).toEqual([spell(route), false, []]);
    }
  });

  it("forbids being framed, sniffed, kept and quoted, whatever it answers", async () => {
    for (const route of allRoutes) {
      const { headers } = await ask(route);

      expect([spell(route), headers.get("Content-Security-Policy")]).toEqual([
        spell(route),
        expect.stringMatching(/^default-src 'none'; script-src 'self';.*frame-ancestors 'none'/),
      ]);
      expect(headers.get("Content-Security-Policy")).not.toMatch(/unsafe|\*/);
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("X-Frame-Options")).toBe("DENY");
      expect(headers.get("Referrer-Policy")).toBe("same-origin");
      expect(headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
      expect(headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
      expect(headers.get("Cache-Control")).toBe("no-store");
    }
  });
});

describe("every change", () => {
  it.each<Headers>([
    { Origin: "https://evil.example" },
    { Origin: "null" },
    { Origin: "http://localhost:8080", "Sec-Fetch-Site": "same-site" },
    { "Sec-Fetch-Site": "cross-site" },
  ])("answers 403 when another site's page sends it with our cookie %j", async (from) => {
    const { cookie, token } = await signIn("admin");
    const headers = { cookie, "X-CSRF-Token": token, ...from };

    expect(await wrongAnswers(changes, { headers }, (status) => status === 403)).toEqual([]);
  });

  it("answers 403 to a browser that does not send the token of its sign-in", async () => {
    const { cookie } = await signIn("admin");
    const other = await signIn("admin");
    const headers = { cookie, "Sec-Fetch-Site": "same-origin" };
    const withAnothers = { ...headers, "X-CSRF-Token": other.token };
    const isRefused = (status: number) => status === 403;

    expect(await wrongAnswers(changes, { headers }, isRefused)).toEqual([]);
    expect(await wrongAnswers(changes, { headers: withAnothers }, isRefused)).toEqual([]);
  });
});

it("signs nobody in from another site, where one would act in somebody else's name", async () => {
  const body = new URLSearchParams({ key: keys.viewer }).toString();
  const from = {
    "Content-Type": "application/x-www-form-urlencoded",
    Origin: "https://evil.example",
  };

  const answer = await site.ask("POST /sign-in", { body, headers: from });

  expect([answer.status, answer.headers.get("Set-Cookie")]).toEqual([403, null]);
});

describe("without a key in force", () => {
  let open: ApiSite;

  beforeAll(async () => {
    open = await ApiSite.open();
  });

  afterAll(async () => {
    await open.close();
  });

  it("every route refuses whoever comes by a foreign name", async () => {
    const params = { at: open, headers: { Host: "evil.example:4317" } };

    expect(await wrongAnswers(allRoutes, params, (status) => status === 403)).toEqual([]);
  });

  it("every route refuses what a proxy forwards", async () => {
    const params = { at: open, headers: { "X-Forwarded-For": "203.0.113.9" } };

    expect(await wrongAnswers(allRoutes, params, (status) => status === 403)).toEqual([]);
  });

  it.each<Headers>([
    { Origin: "https://evil.example" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "same-site", Origin: "http://localhost:8080" },
  ])("every change refuses what another site's page sends %j", async (from) => {
    const params = { at: open, headers: from };

    expect(await wrongAnswers(changes, params, (status) => status === 403)).toEqual([]);
  });

  it("every route refuses everybody beyond the loopback", async () => {
    const wide = await ApiSite.open({ host: "0.0.0.0" });

    const wrong = await wrongAnswers(allRoutes, { at: wide }, (status) => status === 401);
    await wide.close();

    expect(wrong).toEqual([]);
  });
});

describe("the audit trail", () => {
  it("tells who was refused what, and repeats no key", async () => {
    const fresh = await ApiSite.open();
    const key = await fresh.key("admin");
    const { access } = fresh.store;
    const now = Date.now();
    const { secret } = await makeKey({ access, name: "eve", role: "viewer", now });

    await fresh.ask("POST /api/keys", { key: secret, body: { name: "mine", role: "admin" } });
    await fresh.ask("DELETE /api/keys/nobodys", { key });
    await fresh.ask(`DELETE /api/keys/${secret}`, { key });
    const told = await audited(fresh);
    await fresh.close();

    expect(told).toMatchObject([
      { actor: "eve", role: "viewer", action: "key.create", outcome: "refused", status: 403 },
      { role: "admin", action: "key.revoke", target: "nobodys", outcome: "failed", status: 404 },
      { actor: "nobody", action: "key.revoke", target: "clx_…", outcome: "refused", status: 401 },
    ]);
    expect(JSON.stringify(told)).not.toContain(secret);
  });

  it("has every change that was refused to nobody", async () => {
    const wanted = changes.filter(({ needs }) => needs !== "public");
    const fresh = await ApiSite.open();
    await fresh.key("viewer");

    await wrongAnswers(wanted, { at: fresh }, () => true);
    const told = await audited(fresh);
    await fresh.close();

    const actions = wanted.map(({ action }) => action);
    expect(told.map(({ action }) => action)).toEqual(expect.arrayContaining(actions));
    expect(told).toHaveLength(actions.length);
    expect(told.every(({ actor, outcome }) => actor === "nobody" && outcome === "refused")).toBe(
      true,
    );
  });

  it("cannot be flooded by strangers", async () => {
    const fresh = await ApiSite.open();
    await fresh.key("viewer");
    const tooLarge = { "Content-Length": String(1e9) };

    for (let tries = 0; tries < refusalsToldPerMinute; tries++) {
      await fresh.ask("POST /api/queue/pause", { body: {} });
      await fresh.ask("POST /api/queue/pause", { headers: tooLarge });
    }
    const { length } = await audited(fresh);
    await fresh.close();

    // A few may be told in addition, since time goes on.
    expect(length).toBeGreaterThanOrEqual(refusalsToldPerMinute);
    expect(length).toBeLessThan(refusalsToldPerMinute * 1.5);
  });
});

it("tells who comes too often when to come back, and others nothing of it", async () => {
  const busy = await ApiSite.open({ rateLimit: 3 });
  const [key, other] = [await busy.key("viewer"), await busy.key("viewer")];
  const statuses: number[] = [];
  for (let times = 0; times < 3; times++) {
    statuses.push((await busy.ask("GET /api/me", { key })).status);
  }

  const refused = await busy.ask("GET /api/me", { key });
  const claimed = await busy.ask("GET /api/me", {
    key,
    headers: { "Sec-Fetch-Site": "same-origin" },
  });
  const others = await busy.ask("GET /api/me", { key: other });
  await busy.close();

  expect(statuses).toEqual([200, 200, 200]);
  expect(refused).toMatchObject({ status: 429, body: { error: { code: "too_many_requests" } } });
  expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(10);
  expect([claimed.status, others.status]).toEqual([429, 200]);
});

it("repeats no key in an answer, the log or an error", async () => {
  const texts: string[] = [];
  for (const query of [`?to=${keys.admin}`, `?x=${keys.admin}`, `/${keys.admin}`]) {
    texts.push((await site.ask(`GET /sign-in${query}`)).text);
    texts.push((await site.ask(`GET /api/tasks${query}`, { key: keys.admin })).text);
  }
  texts.push((await site.ask("POST /api/tasks", { key: keys.admin, body: keys.admin })).text);
  texts.push(JSON.stringify(site.told));

  expect(texts.filter((text) => /clx_[\w-]{43}/.test(text))).toEqual([]);
});
