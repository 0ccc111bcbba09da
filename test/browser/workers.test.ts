import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { bestOf } from "../support/best-of.ts";
import { useBrowser, type VisitOptions } from "../support/browser.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { type ServedClx, type ServeMode, ServerSite } from "../support/server.ts";
import { until } from "../support/until.ts";
import { accessFaults, live, overflow } from "./page-stage.ts";

const browser = useBrowser();

interface Serving {
  readonly mode?: ServeMode;
  readonly workers?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: string;
  /** How many are there when it has begun, where that is not what is wanted. */
  readonly live?: number;
}

/** A server as users start it, with workers that are real processes. */
async function serve({
  mode = "managed",
  workers = 2,
  env = {},
  config,
  live: least = workers,
}: Serving = {}) {
  const site = new ServerSite();
  if (config !== undefined) site.writeConfig(config);
  const args =
    mode === "standalone" ? [] : ["--worker-count", "0", "--command-workers", String(workers)];
  const server = await site.serve(mode, { args, env });
  if (mode === "managed") await until(async () => (await liveWorkers(server)).length === least);
  return {
    site,
    server,
    open: (path: string, options?: VisitOptions) => open(server, path, options),
  };
}

async function open(server: ServedClx, path: string, options?: VisitOptions): Promise<Page> {
  const page = await browser.visit(`${server.url}${path}`, options);
  if (options?.javaScriptEnabled !== false) await live(page);
  return page;
}

interface SeenWorker {
  readonly workerId: string;
  readonly storeId: string;
  readonly pid: number;
  readonly status: string;
  readonly connected: boolean;
}

async function liveWorkers(server: ServedClx): Promise<readonly SeenWorker[]> {
  const { workers } = await server.get<{ workers: SeenWorker[] }>("/api/workers");
  return workers.filter(({ connected }) => connected);
}

function runSleep(server: ServedClx, title: string): Promise<string> {
  return run(server, title, ["sleep", "600"]);
}

const stubborn =
  "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)";

function runStubborn(server: ServedClx, title: string): Promise<string> {
  return run(server, title, ["python3", "-c", stubborn]);
}

async function run(server: ServedClx, title: string, argv: readonly string[]): Promise<string> {
  const payload = { argv };
  const answer = await server.send("POST", "/api/tasks", { type: "command", payload, title });
  expect(answer.status).toBe(202);
  const { taskId } = (await answer.json()) as { taskId: string };
  await until(async () => {
    const task = await server.get<{ status: string }>(`/api/tasks/${taskId}`);
    return task.status === "running";
  });
  return taskId;
}

function isSecret(value: unknown): boolean {
  return typeof value === "string" && value.length > 40;
}

/** All that the head of a worker's page says from now on, also what it says for a moment. */
async function recordHeads(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.evaluate(() => {
    const heads: string[] = [];
    Object.assign(window, { heads });
    const look = () => heads.push(document.getElementById("worker-head")?.textContent ?? "");
    new MutationObserver(look).observe(document.body, {
      ...{ attributes: true, characterData: true, childList: true, subtree: true },
    });
  });
  return () => page.evaluate(() => (window as unknown as { heads: string[] }).heads);
}

const rows = (page: Page) => page.locator("#workers-table tbody tr");

describe("the page of workers", () => {
  it("shows each worker with its state, process, usage and heartbeat", async () => {
    const { server, open } = await serve();
    await runSleep(server, "A long sleep");
    const page = await open("/workers");

    const busy = rows(page).filter({ hasText: "A long sleep" });
    await busy.locator(".badge", { hasText: "busy" }).waitFor();
    for (const used of [/MiB/, /\d+ %/]) await expect.poll(() => busy.innerText()).toMatch(used);
    const text = await busy.innerText();
    expect(text).toMatch(/worker-\d/);
    expect(text).toMatch(/command · direct · pid \d+/);
    expect(text).toMatch(/just now|\ds ago/);
    await busy.getByRole("img", { name: /^Memory/ }).waitFor();
    await busy.getByRole("link", { name: "A long sleep" }).click();
    await live(page);
    expect(await page.locator("h1").innerText()).toContain("A long sleep");
  });

  it("adds a worker, and shows it without being loaded again", async () => {
    const { open } = await serve({ workers: 1, env: { WORKER_MAX_COUNT: "8" } });
    const page = await open("/workers");

    await page.getByRole("button", { name: /^Add worker/ }).click();

    await page.getByText("worker-1, a command worker, was added.").waitFor();
    await rows(page).nth(1).waitFor();
  });

  it("asks before it adds one for which there is no memory, and starts it anyway when told to", async () => {
    const { server, open } = await serve({
      workers: 1,
      live: 0,
      config: '[workers.command]\nexpected_memory = "4TiB"\n',
    });
    const page = await open("/workers");

    await page.getByRole("button", { name: /^Add worker/ }).click();

    const dialog = page.getByRole("dialog", { name: "Insufficient memory" });
    await dialog.waitFor();
    expect(await dialog.innerText()).toContain("4096.0 GiB");
    expect(await dialog.locator("li").count()).toBe(3);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Cancel");
    expect(await accessFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect(await liveWorkers(server)).toHaveLength(0);

    await page.getByRole("button", { name: /^Add worker/ }).click();
    await dialog.getByRole("button", { name: "Start anyway" }).click();
    await rows(page).first().waitFor();
    await until(async () => (await liveWorkers(server)).length === 1);
  });

  it("speaks of the cap, not of memory, where the cap refuses", async () => {
    const { open } = await serve({ workers: 1, env: { WORKER_MAX_COUNT: "1" } });
    const page = await open("/workers");

    await page.getByRole("button", { name: /^Add worker/ }).click();

    await page.getByRole("dialog", { name: "The cap for added workers is reached" }).waitFor();
  });

  it("drains a worker, and tells of it once it has left", async () => {
    const { server, open } = await serve();
    const [first] = await liveWorkers(server);
    const page = await open("/workers");

    await page.getByRole("button", { name: `Drain ${first?.workerId}` }).click();

    await page.getByText(`${first?.workerId} leaves.`).waitFor();
    const ended = page.locator("#ended-table tr", { hasText: first?.storeId ?? "" });
    await ended.locator(".badge", { hasText: "dead" }).waitFor();
  });

  it("aborts a worker once that is confirmed, with a reason that goes to the events", async () => {
    const { server, open } = await serve();
    const taskId = await runSleep(server, "To be aborted");
    const page = await open("/workers");
    const row = rows(page).filter({ hasText: "To be aborted" });

    await row.getByRole("button", { name: /^Abort/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("To be aborted").waitFor();
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Cancel");
    expect(await accessFaults(page)).toEqual([]);
    await dialog.getByLabel(/Reason/).fill("it is the wrong one");
    await dialog.getByRole("button", { name: /^Abort worker-\d$/ }).click();

    const ended = page.locator("#ended-table");
    await ended.getByText("aborted by hand").waitFor();
    await row.waitFor({ state: "detached" });
    const task = await server.get<{ status: string }>(`/api/tasks/${taskId}`);
    expect(task.status).toBe("failed");
    await page.goto(`${server.url}/events`);
    await page.getByText("it is the wrong one").first().waitFor();
  });

  it.each([
    ["run again", /run again/],
    ["fail", /fail/i],
  ])(
    "tells each step of ending a program that will not end, whose task shall %s, with its time",
    async (_, fate) => {
      const { server, open } = await serve({ workers: 1 });
      await runStubborn(server, "Will not end");
      const [worker] = await liveWorkers(server);
      const page = await open(`/workers/${worker?.storeId}`);
      await page.locator("#worker-tree").getByText("python3").waitFor();
      const heads = await recordHeads(page);

      await page.getByRole("button", { name: /^Abort/ }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText(/asked to end \(SIGTERM\).*killed \(SIGKILL\).*verified/).waitFor();
      await dialog.getByRole("radio", { name: fate }).check();
      await dialog.getByRole("button", { name: /^Abort/ }).click();

      const life = page.locator("#worker-life li");
      await life.filter({ hasText: "nothing of it is left" }).waitFor();
      const told = (await life.allInnerTexts()).toReversed().join("\n");
      expect(told).toMatch(
        /aborted by hand.*SIGTERM to 1 process.*SIGKILL to \d processes.*nothing of it is left/s,
      );
      const firstAt = async (words: string) => {
        const steps = life.filter({ hasText: words }).locator("time"); // the newest on top
        return Date.parse((await steps.last().getAttribute("datetime")) ?? "");
      };
      const waited = (await firstAt("SIGKILL to")) - (await firstAt("SIGTERM to"));
      expect(waited).toBeGreaterThanOrEqual(900);
      expect(await firstAt("nothing of it is left")).toBeGreaterThanOrEqual(
        await firstAt("SIGKILL to"),
      );
      await page.locator("#worker-head .badge", { hasText: "failed" }).waitFor();
      expect((await heads()).map((head) => head.replace(/\s+/g, " "))).toContainEqual(
        expect.stringMatching(/stopping.*It is asked to end, is killed after a second/),
      );
      await page.locator("#worker-tree").getByText("Nothing of it runs.").waitFor();
    },
  );

  it("tells each step of an abort on the worker's own page", async () => {
    const { server, open } = await serve({ workers: 1 });
    await runSleep(server, "To be aborted");
    const [worker] = await liveWorkers(server);
    const page = await open(`/workers/${worker?.storeId}`);
    await page.locator("#worker-tree tbody tr").nth(1).waitFor();

    await page.getByRole("button", { name: /^Abort/ }).click();
    await page
      .getByRole("dialog")
      .getByLabel(/run again/)
      .check();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Abort/ })
      .click();

    const life = page.locator("#worker-life");
    await life.getByText("aborted", { exact: true }).waitFor();
    await life.getByText("signalled", { exact: true }).first().waitFor();
    await life.getByText("gone", { exact: true }).first().waitFor();
    await page.locator("#worker-head .badge", { hasText: "failed" }).waitFor();
    await page.locator("#worker-tree").getByText("Nothing of it runs.").waitFor();
    await page.locator("#worker-head").getByText("aborted by hand").waitFor();
  });

  it("shows that a worker was killed, and who takes its place, without being loaded again", async () => {
    const { server, open } = await serve({ workers: 1 });
    const [worker] = await liveWorkers(server);
    const page = await open("/workers");

    process.kill(worker?.pid ?? 0, "SIGKILL");

    const ended = page.locator("#ended-table tr", { hasText: worker?.storeId ?? "" });
    await ended.locator(".badge", { hasText: "failed" }).waitFor();
    expect(await ended.innerText()).toContain("SIGKILL");
    await rows(page)
      .filter({ hasNotText: `pid ${worker?.pid} ` })
      .locator(".badge", { hasText: "idle" })
      .waitFor();
    await ended.getByRole("link").click();
    await page.locator("#worker-head").getByText("SIGKILL").waitFor();
  });

  it("drains all workers once that is confirmed, and cleans up what has ended", async () => {
    const { open } = await serve();
    const page = await open("/workers");

    await page.getByRole("button", { name: "Drain all…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Drain 2 workers" }).click();
    await page.getByText("No live workers").waitFor();
    expect(await page.locator("#ended-table tbody tr").count()).toBe(2);

    await page.getByRole("button", { name: "Clean up ended" }).click();
    await page.locator("#ended-table").waitFor({ state: "detached" });
  });

  it("is not updated while it is collapsed, and remembers that it was", async () => {
    const { server, open } = await serve({ workers: 1 });
    const page = await open("/workers");
    await page.locator("#worker-status > summary").click();
    const panel = page.locator("#worker-panel");
    await page.clock.install();

    await page.reload();
    await live(page);
    expect(await page.locator("#worker-status").getAttribute("open")).toBeNull();
    await runSleep(server, "Seen once it is open");
    await page.clock.runFor(20_000);
    expect(await panel.textContent()).not.toContain("Seen once it is open");

    await page.locator("#worker-status > summary").click();
    await panel.getByText("Seen once it is open").waitFor();
  });

  it("refreshes when it is asked to", async () => {
    const { open } = await serve({ workers: 1 });
    const page = await open("/workers");
    const refreshed = page.waitForResponse((answer) => answer.url().endsWith("/workers"));

    await page.getByRole("button", { name: "Refresh now" }).click();

    expect((await refreshed).status()).toBe(200);
  });

  it("says why no worker can be added in standalone mode, and what to do", async () => {
    const { open } = await serve({ mode: "standalone" });
    const page = await open("/workers");

    await page.getByText("This server only queues").waitFor();
    expect(await page.getByRole("button", { name: /^Add/ }).count()).toBe(0);
    expect(await accessFaults(page)).toEqual([]);
  });

  it("works without scripts: abort by way of a page that asks", async () => {
    const { server, open } = await serve({ workers: 1 });
    await runSleep(server, "To be aborted");
    const page = await open("/workers", { javaScriptEnabled: false, allowsFailedLoads: true });

    await page.getByRole("button", { name: "Abort worker-0" }).click();
    expect(page.url()).toContain("/abort");
    await page.getByRole("button", { name: "Abort worker-0" }).click();

    const head = async () => {
      await page.reload();
      return await page.locator("#worker-head").innerText();
    };
    await expect.poll(head).toContain("aborted by hand");
  });

  it("goes the whole way by keyboard: from row to row, into a dialog and back", async () => {
    const { open } = await serve();
    const page = await open("/workers");

    await page.keyboard.press("j");
    await page.keyboard.press("j");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("worker-1");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Abort worker-1?" }).waitFor();
    await page.keyboard.press("Enter");

    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(await rows(page).count()).toBe(2);
  });

  it.each([320, 640, 900])("needs no scrolling sideways at %d pixels", async (width) => {
    const { server, open } = await serve();
    await runSleep(server, "a long title ".repeat(10));

    const page = await open("/workers", { viewport: { width, height: 800 } });

    expect(await overflow(page)).toBeLessThanOrEqual(0);
    const frame =
      "(() => { const f = document.querySelector('.table-frame'); return f.scrollWidth - f.clientWidth; })()";
    expect(await page.evaluate(frame)).toBeLessThanOrEqual(0);
    await page.goto(`${server.url}/workers/worker-0`);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });

  it.each(["light", "dark"] as const)(
    "is accessible with all it can show, %s",
    async (colorScheme) => {
      const { server, site, open } = await serve();
      await runSleep(server, "A long sleep");
      const store = await site.store();
      const [worker] = await liveWorkers(server);
      await PlayedWorker.start(store, {
        process: { pid: 1, startedAt: "long ago", host: "elsewhere" },
      });
      process.kill(worker?.pid ?? 0, "SIGKILL");
      const page = await open("/workers", { colorScheme });
      await page.locator("#ended-table").waitFor();

      expect(await accessFaults(page)).toEqual([]);
      await page.goto(`${server.url}/workers/${worker?.storeId}`);
      await live(page);
      expect(await accessFaults(page)).toEqual([]);
    },
  );

  it("shows 200 workers that come and go without a long task of its script", async () => {
    const { site, open } = await serve({ mode: "standalone" });
    const store = await site.store();
    for (let n = 0; n < 200; n++) await PlayedWorker.start(store, { id: `played-${newId(n)}` });
    const page = await open("/workers", {
      before: (context) =>
        context.addInitScript(
          "window.long = []; new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.long.push(duration); }).observe({ type: 'longtask' });",
        ),
    });
    expect(await rows(page).count()).toBe(200);

    const best = await bestOf(200, async () => {
      await page.evaluate("window.long = [0]");
      const one = await PlayedWorker.start(store);
      await rows(page).filter({ hasText: one.id }).waitFor();
      return (await page.evaluate("Math.max(...window.long)")) as number;
    });

    expect(best).toBeLessThan(200);
  }, 120_000);
});

describe("what somebody may not do", () => {
  it("is offered as a button that says why, and refused when it is forged", async () => {
    const { site, server } = await serve({ workers: 1 });
    const made = await site.json("keys", "create", "watcher", "--role", "viewer");
    const headers = { Authorization: `Bearer ${Object.values(made).find(isSecret)}` };
    await until(async () => (await server.fetch("/workers")).status !== 200);
    const page = await browser.visit(`${server.url}/workers`, {
      extraHTTPHeaders: headers,
    });

    const add = page.getByRole("button", { name: /^Add worker/ });
    expect(await add.getAttribute("aria-disabled")).toBe("true");
    expect(await add.getAttribute("data-why")).toBe("Needs the role operator; yours is viewer.");
    expect(await accessFaults(page)).toEqual([]);

    const forged = await server.fetch("/workers/add", { method: "POST", headers });
    expect(forged.status).toBe(403);
    expect(await liveWorkers(server).catch(() => [])).toHaveLength(0);
  });

  it("is allowed to who has signed in as an operator, whom the page names", async () => {
    const { site, server } = await serve();
    const made = await site.json("keys", "create", "anna", "--role", "operator");
    await until(async () => (await server.fetch("/api/workers")).status === 401);
    const page = await browser.visit(`${server.url}/sign-in`);
    await page.locator("input[type=password]").fill(String(Object.values(made).find(isSecret)));
    await page.locator("main button[type=submit]").click();
    await page.locator(".who .role", { hasText: "operator" }).waitFor();
    await page.goto(`${server.url}/workers`);
    await live(page);

    await page.getByRole("button", { name: "Drain worker-1" }).click();

    await page.getByText("worker-1 leaves.").waitFor();
    await page.locator("#ended-table .badge", { hasText: "dead" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/sign-in/);
  });
});
