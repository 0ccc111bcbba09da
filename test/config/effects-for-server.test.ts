import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { serverKeys } from "../../src/config/schema/keys.ts";
import { freePort } from "../support/free-port.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { ServerSite } from "../support/server.ts";

forbidProcessLeaks();

/** For each key of `[server]`: what it changes, seen from outside. */
const effects: Readonly<
  Record<keyof typeof serverKeys, readonly [statement: string, prove: () => Promise<void>]>
> = {
  mode: ["says where tasks run", standalone],
  host: ["is the address that it listens on", otherAddress],
  port: ["is the port that it listens on", samePort],
  shutdown_timeout: ["is how long running tasks may go on when it stops", givesBackAtOnce],
  body_limit: ["refuses larger bodies", smallBodies],
  rate_limit: ["refuses callers that ask too often", twoAMinute],
  sign_in_time: ["is how long a browser stays signed in", shortSignIn],
  allowed_folders: ["refuses tasks that name other folders", oneFolder],
};

it.each(
  Object.entries(effects).map(([key, [statement, prove]]) => [key, statement, prove] as const),
)("%s %s", async (_key, _statement, prove) => {
  await prove();
});

it("is shown here for every key", () => {
  expect(Object.keys(effects)).toEqual(Object.keys(serverKeys));
});

const noop = { type: "command", payload: { argv: ["true"] } };

/** Configured by nothing but a file. */
async function serve(toml: string) {
  const site = new ServerSite({ config: `[server]\n${toml}\n` });
  const running = site.start([
    "serve",
    "--json",
    ...(toml.includes("port") ? [] : ["--port", "0"]),
  ]);
  await running.says(/"url":/);
  const { url, mode } = JSON.parse(running.stdout) as { url: string; mode: string };
  const post = (path: string, body: unknown) =>
    fetch(url + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  return { site, running, url, mode, post };
}

async function standalone() {
  const { mode } = await serve('mode = "standalone"');

  expect(mode).toBe("standalone");
}

async function otherAddress() {
  const { url } = await serve('mode = "standalone"\nhost = "127.0.0.2"');

  expect(url).toMatch("http://127.0.0.2:");
  expect((await fetch(`${url}/health`)).status).toBe(200);
}

async function samePort() {
  const port = await freePort();

  const { url } = await serve(`mode = "standalone"\nport = ${port}`);

  expect(new URL(url).port).toBe(String(port));
}

async function givesBackAtOnce() {
  const { site, running, post } = await serve("shutdown_timeout = 0");
  const program = site.gated();
  const answer = await post("/api/tasks", { type: "command", payload: { argv: program.argv } });
  const { taskId } = (await answer.json()) as { taskId: string };
  await program.running();

  running.kill("SIGTERM");
  await running.end;

  expect((await site.task(taskId)).state).toBe("pending");
}

async function smallBodies() {
  const { post } = await serve('mode = "standalone"\nbody_limit = "1k"');

  expect((await post("/api/tasks", noop)).status).toBe(202);
  expect((await post("/api/tasks", { ...noop, title: "x".repeat(2_000) })).status).toBe(413);
}

async function twoAMinute() {
  const { url } = await serve('mode = "standalone"\nrate_limit = 2');

  const asked = [1, 2, 3].map(() => fetch(`${url}/api/tasks`));
  const statuses = (await Promise.all(asked)).map(({ status }) => status);

  expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 200, 429]);
}

async function shortSignIn() {
  const { site, url } = await serve('mode = "standalone"\nsign_in_time = "90s"');
  const made = await site.json<{ key: string }>("keys", "create", "me", "--role", "admin");

  const answer = await fetch(`${url}/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: url },
    body: new URLSearchParams({ key: made.key }),
  });

  expect(answer.headers.get("Set-Cookie")).toContain("Max-Age=90");
}

async function oneFolder() {
  const { site, post } = await serve('mode = "standalone"\nallowed_folders = ["inside"]');
  const inside = join(site.folder, "inside");
  mkdirSync(inside);
  const submit = async (cwd: string) =>
    (await post("/api/tasks", { type: "command", payload: { argv: ["true"], cwd } })).status;

  expect([await submit(inside), await submit("/")]).toEqual([202, 403]);
}
