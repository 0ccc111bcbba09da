import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { type ServedClx, ServerSite } from "../support/server.ts";
import { until } from "../support/until.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--host-resolver-rules=MAP rebound.example 127.0.0.1"],
  });
});

afterAll(async () => {
  await browser.close();
});

async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  return await context.newPage();
}

interface Served {
  readonly server: ServedClx;
  /** As a person would write it. */
  readonly home: string;
  readonly key: string;
}

async function serveWithKey(): Promise<Served> {
  const site = new ServerSite();
  const key = await site.ok("keys", "create", "anna", "--role", "operator");
  const server = await site.serve("standalone");
  return { server, key, home: homeOf(server) };
}

function homeOf({ url }: ServedClx): string {
  return url.replace("127.0.0.1", "localhost");
}

async function signIn(page: Page, { home, key }: Served): Promise<void> {
  await page.goto(`${home}/tasks?state=failed`);
  await page.fill("#key", key);
  await page.click("main button[type=submit]");
  await page.waitForURL(`${home}/tasks?state=failed`);
  expect(await page.title()).not.toContain("Sign in");
}

/** Another program of this machine that shows pages, one of which attacks. */
async function foreignSite(victim: string): Promise<AddressInfo> {
  const server = createServer((_request, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end(attacker(victim));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return server.address() as AddressInfo;
}

function attacker(victim: string): string {
  return `<!doctype html><a href="${victim}/tasks?state=failed">look at this</a>
<form method="post" action="${victim}/workers/drain-all"><button>win a prize</button></form>
<script>
const loads = (element, attribute, path) => new Promise((resolve) => {
  element.onload = () => resolve("loaded");
  element.onerror = () => resolve("refused");
  element[attribute] = "${victim}" + path;
  document.head.append(element);
});
const sends = (path, init) => fetch("${victim}" + path, { credentials: "include", ...init })
  .then((answer) => answer.type === "opaque" ? "sent blindly" : "answered " + answer.status, () => "refused");
window.attack = async () => ({
  read: await sends("/api/tasks"),
  blindRead: await sends("/api/tasks", { mode: "no-cors" }),
  blindChange: await sends("/api/queue/pause", { mode: "no-cors", method: "POST", body: "{}" }),
  change: await sends("/api/queue/pause", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" }),
  key: await sends("/api/keys", { method: "POST", headers: { Authorization: "Bearer x", "Content-Type": "application/json" }, body: "{}" }),
  image: await loads(new Image(), "src", "/assets/icon.svg"),
  script: await loads(document.createElement("script"), "src", "/assets/clx.js"),
  stream: await new Promise((resolve) => {
    const stream = new EventSource("${victim}/stream", { withCredentials: true });
    stream.onopen = () => resolve("opened");
    stream.onerror = () => { stream.close(); resolve("refused"); };
  }),
});
</script>`;
}

const allRefused = {
  ...{ read: "refused", blindRead: "refused", blindChange: "refused", change: "refused" },
  ...{ key: "refused", image: "refused", script: "refused", stream: "refused" },
};

async function attackFrom(page: Page, place: string): Promise<unknown> {
  await page.goto(place);
  return await page.evaluate("attack()");
}

async function pausesOf({ server, key }: Pick<Served, "server"> & { key?: string }) {
  const headers: Record<string, string> = key === undefined ? {} : { "X-API-Key": key };
  const answer = await server.fetch("/api/events?type=queue_paused", { headers });
  return ((await answer.json()) as { events: unknown[] }).events;
}

it("lets no page of another site read, change, embed or follow anything, signed in or not", async () => {
  const served = await serveWithKey();
  const { port } = await foreignSite(served.home);
  const page = await newPage();
  await signIn(page, served);

  const sameSite = await attackFrom(page, `http://localhost:${port}/`);
  const crossSite = await attackFrom(page, `http://127.0.0.1:${port}/`);
  await Promise.all([page.waitForEvent("load"), page.click("button")]);
  const afterForm = await page.textContent("body");

  expect({ sameSite, crossSite }).toEqual({ sameSite: allRefused, crossSite: allRefused });
  expect(afterForm).toMatch(/Sign in|another site/);
  expect(await pausesOf(served)).toEqual([]);
});

it("lets no page of another site do so where no key is needed, nor one that took our address", async () => {
  const server = await new ServerSite().serve("standalone");
  const home = homeOf(server);
  const { port } = await foreignSite(home);
  const page = await newPage();

  const sameSite = await attackFrom(page, `http://localhost:${port}/`);
  const crossSite = await attackFrom(page, `http://127.0.0.1:${port}/`);
  await Promise.all([page.waitForEvent("load"), page.click("button")]);
  const afterForm = await page.textContent("body");
  const rebound = await page.goto(home.replace("localhost", "rebound.example"));

  expect({ sameSite, crossSite }).toEqual({ sameSite: allRefused, crossSite: allRefused });
  expect(afterForm).toMatch(/another site/);
  expect(rebound?.status()).toBe(403);
  expect(await pausesOf({ server })).toEqual([]);
});

it("shows who has signed in what a link of another site leads to, and others the sign-in", async () => {
  const served = await serveWithKey();
  const { port } = await foreignSite(served.home);
  const [known, stranger] = [await newPage(), await newPage()];
  await signIn(known, served);

  for (const page of [known, stranger]) {
    await page.goto(`http://127.0.0.1:${port}/`);
    const answers: string[] = [];
    page.on("response", (answer) => answers.push(new URL(answer.url()).pathname));
    await page.click("a");
    // The page asks for itself once more.
    await until(() => answers.filter((path) => path === "/tasks").length === 2);
  }

  await expect.poll(() => known.title(), { timeout: 20_000 }).toMatch(/^Tasks/);
  expect(known.url()).toBe(`${served.home}/tasks?state=failed`);
  await expect.poll(() => stranger.title(), { timeout: 20_000 }).toMatch(/^Sign in/);
});

it("signs in and out without scripts, and by keyboard", async () => {
  const served = await serveWithKey();
  const page = await newPage({ javaScriptEnabled: false });
  await page.goto(`${served.home}/workers`);
  const field = page.locator("#key:focus");

  await field.waitFor();
  await page.keyboard.type("clx_wrong");
  await page.keyboard.press("Enter");
  const problem = await page.textContent("#key-problem");
  await field.waitFor();
  await page.keyboard.type(served.key);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${served.home}/workers`);
  const inside = await page.title();
  await page.click("text=Sign out");
  await page.waitForURL(/sign-in/);

  expect(problem).toMatch(/not in force/);
  expect(inside).toMatch(/^Workers/);
  expect(page.url()).toBe(`${served.home}/sign-in`);
  expect(await page.context().cookies()).toEqual([]);
});

it.each(["light", "dark"] as const)(
  "has nothing for axe to find on the %s sign-in page",
  async (colorScheme) => {
    const served = await serveWithKey();
    const page = await newPage({
      colorScheme,
      bypassCSP: true,
      viewport: { width: 320, height: 640 },
    });
    await page.goto(`${served.home}/tasks`);
    await page.fill("#key", "clx_wrong");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#key-problem");

    await page.evaluate(axe);
    const found = await page.evaluate("axe.run().then(({ violations }) => violations)");
    const width = await page.evaluate("document.documentElement.scrollWidth");

    expect(found).toEqual([]);
    expect(width).toBeLessThanOrEqual(320);
  },
);
