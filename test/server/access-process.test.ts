import { request as httpRequest } from "node:http";
import { expect, it } from "vitest";
import { type ServedClx, ServerSite } from "../support/server.ts";

const form = { "Content-Type": "application/x-www-form-urlencoded" };

interface Signed {
  readonly status: number;
  readonly cookie: string;
  readonly headers: Headers;
  readonly text: string;
}

/** As a browser without scripts sends the form of the page. */
async function signIn(server: ServedClx, fields: Record<string, string>): Promise<Signed> {
  const response = await server.fetch("/sign-in", {
    method: "POST",
    redirect: "manual",
    headers: { ...form, Origin: server.url, "Sec-Fetch-Site": "same-origin" },
    body: new URLSearchParams(fields),
  });
  const cookie = (response.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
  const { status, headers } = response;
  return { status, cookie, headers, text: await response.text() };
}

/** With headers that fetch does not let one write. */
async function statusOf(url: string, headers: Record<string, string>): Promise<number> {
  return await new Promise((resolve, reject) => {
    httpRequest(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

it("needs no key on its own machine, until there is one", async () => {
  const site = new ServerSite();
  const server = await site.serve("standalone");
  const before = await server.fetch("/api/me");
  const { key } = (await (
    await server.send("POST", "/api/keys", { name: "anna", role: "viewer" })
  ).json()) as { key: string };

  const after = await server.fetch("/api/me");
  const withKey = await server.fetch("/api/me", { headers: { "X-API-Key": key } });

  expect(await before.json()).toEqual({ kind: "local", name: "local", role: "admin" });
  expect(after.status).toBe(401);
  expect(after.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
  expect(await withKey.json()).toEqual({ kind: "key", name: "anna", role: "viewer" });
});

it("answers to no other name than this machine's while there is no key", async () => {
  const server = await new ServerSite().serve("standalone");

  expect(await statusOf(`${server.url}/api/tasks`, { Host: "evil.example" })).toBe(403);
  expect(await statusOf(`${server.url}/api/tasks`, { Host: "localhost:1" })).toBe(200);
});

it("is not started beyond this machine without a key, and needs one there", async () => {
  const site = new ServerSite();
  const words = ["serve", "--mode=standalone", "--port=0", "--host=0.0.0.0"];
  const refused = await site.run(words);
  const key = await site.ok("keys", "create", "anna", "--role", "viewer");

  const server = await site.serve("standalone", { args: ["--host=0.0.0.0"] });
  const { port } = new URL(server.url);
  const url = `http://127.0.0.1:${port}/api/me`;

  expect(refused).toMatchObject({ code: 5, stderr: expect.stringMatching(/keys create/) });
  expect(await statusOf(url, {})).toBe(401);
  expect(await statusOf(url, { Authorization: `Bearer ${key}` })).toBe(200);
});

it("signs a browser in without scripts, to where it wanted to go, and out again", async () => {
  const site = new ServerSite();
  const key = await site.ok("keys", "create", "anna", "--role", "operator");
  const server = await site.serve("standalone");
  const asked = await server.fetch("/tasks?state=failed", { headers: { Accept: "text/html" } });
  const page = await asked.text();

  const signed = await signIn(server, { key, to: "/tasks?state=failed" });
  const me = await server.fetch("/api/me", { headers: { cookie: signed.cookie } });
  const home = await (await server.fetch("/tasks", { headers: { cookie: signed.cookie } })).text();
  const token = /name="_csrf" value="([^"]+)"/.exec(home)?.[1] ?? "";
  const out = await server.fetch("/sign-out", {
    method: "POST",
    redirect: "manual",
    headers: { ...form, cookie: signed.cookie, Origin: server.url },
    body: new URLSearchParams({ _csrf: token }),
  });
  const after = await server.fetch("/api/me", { headers: { cookie: signed.cookie } });

  expect(asked.status).toBe(401);
  expect(page).toContain('<input type="hidden" name="to" value="/tasks?state=failed">');
  expect(signed.status).toBe(303);
  expect(signed.headers.get("Location")).toBe("/tasks?state=failed");
  expect(await me.json()).toEqual({ kind: "signIn", name: "anna", role: "operator" });
  expect([out.status, out.headers.get("Location")]).toEqual([303, "/sign-in"]);
  expect(after.status).toBe(401);
});

it.each([
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example",
  "javascript:alert(1)",
  "/\n//evil.example",
])("leads nowhere else after the sign-in: %j", async (to) => {
  const site = new ServerSite();
  const key = await site.ok("keys", "create", "anna", "--role", "viewer");
  const server = await site.serve("standalone");

  const page = await (await server.fetch(`/sign-in?${new URLSearchParams({ to })}`)).text();
  const signed = await signIn(server, { key, to });

  expect(page).toContain('name="to" value="/"');
  expect(signed.headers.get("Location")).toBe("/");
});

it("says why a sign-in was refused, slows down who tries, and repeats nothing", async () => {
  const site = new ServerSite();
  const right = await site.ok("keys", "create", "anna", "--role", "viewer");
  const server = await site.serve("standalone");
  const wrong = `clx_${"B".repeat(43)}`;

  const first = await signIn(server, { key: wrong, to: '/tasks"><script>' });
  for (let tries = 1; tries < 10; tries++) await signIn(server, { key: wrong });
  const slowed = await signIn(server, { key: wrong });
  const signed = await signIn(server, { key: right });
  const events = await (await site.store()).listEvents({ after: 0, limit: 100 });

  expect(first).toMatchObject({ status: 401, cookie: "" });
  expect(first.text).toMatch(/role="alert">This key is not in force/);
  expect(first.text).not.toMatch(/<script>|clx_B/);
  expect(slowed.status).toBe(429);
  expect(Number(slowed.headers.get("Retry-After"))).toBeGreaterThan(0);
  expect(signed.status).toBe(303);
  const told = events.flatMap(({ data }) => (data?.action === "access.sign_in" ? [data] : []));
  expect(told).toHaveLength(11);
  expect(told.at(-1)).toMatchObject({ actor: "anna", role: "viewer", outcome: "done" });
  expect(told[0]).toMatchObject({ actor: "nobody", outcome: "refused", status: 401 });
  expect(JSON.stringify(events)).not.toMatch(/clx_[\w-]{43}/);
});

it("ends all that a key let in as soon as it is revoked by the command line", async () => {
  const site = new ServerSite();
  const key = await site.ok("keys", "create", "anna", "--role", "viewer");
  await site.ok("keys", "create", "other", "--role", "viewer");
  const server = await site.serve("standalone");
  const { cookie } = await signIn(server, { key });
  const ask = async (headers: Record<string, string>) =>
    (await server.fetch("/api/me", { headers })).status;
  const before = [await ask({ cookie }), await ask({ "X-API-Key": key })];

  await site.ok("keys", "revoke", "anna");

  expect(before).toEqual([200, 200]);
  expect([await ask({ cookie }), await ask({ "X-API-Key": key })]).toEqual([401, 401]);
});

it("writes no key into its log", async () => {
  const site = new ServerSite();
  const key = await site.ok("keys", "create", "anna", "--role", "admin");
  const server = await site.serve("standalone", { args: ["--log-level=debug"] });
  await server.fetch(`/api/tasks?key=${key}`);
  await server.fetch(`/api/tasks/${key}`, { headers: { "X-API-Key": key } });
  await server.fetch("/api/me", { headers: { Authorization: `Bearer ${key}` } });
  await signIn(server, { key });

  const { stdout, stderr } = await server.stop();

  expect(stdout + stderr).not.toContain(key);
});
