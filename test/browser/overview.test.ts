import { describe, expect, it } from "vitest";
import { defaultRetry } from "../../src/domain/task.ts";
import { taskStates } from "../../src/domain/task-state.ts";
import { useBrowser } from "../support/browser.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { until } from "../support/until.ts";
import { accessFaults, live, overflow, useStage } from "./page-stage.ts";

const stage = useStage();
const browser = useBrowser();
const once = { ...defaultRetry, maxAttempts: 1 };

async function opened() {
  const { site, page } = await stage.open().then((one) => ({
    site: one.site,
    page: one.page.bind(one),
  }));
  return { site, open: page };
}

async function failOne(site: Awaited<ReturnType<typeof opened>>["site"], title: string) {
  await site.submit({ title, retry: once });
  const worker = await PlayedWorker.start(site.store);
  const task = await worker.claim();
  const failure = { kind: "exit_code", message: `${title} ended with exit code 3` } as const;
  await worker.settle(task, { kind: "failed", failure });
  return worker;
}

describe("the overview", () => {
  it("says that nothing needs anybody, when that is so", async () => {
    const { open } = await opened();

    const page = await open("/");

    await page.locator("#attention").getByText("Nothing needs you").waitFor();
  });

  it("names the worst problem by itself, in words, and what to do", async () => {
    const { site, open } = await opened();
    const page = await open("/");

    await site.submit();

    const strip = page.locator("#attention");
    await strip.getByText("1 command task waits in queue default").waitFor();
    expect(await strip.getByRole("link").first().getAttribute("href")).toBe("/tasks?state=pending");
  });

  it("shows each failure with its cause, and how many there were", async () => {
    const { site, open } = await opened();
    await failOne(site, "Render figure");

    const page = await open("/");

    await page.locator("#attention").getByText("1 task failed in the last hour.").waitFor();
    const failure = page.locator("#last-failures li");
    expect(await failure.locator(".cause").innerText()).toBe(
      "Render figure ended with exit code 3",
    );
    await failure.getByRole("link").click();
    await live(page);
    expect(await page.locator("h1").innerText()).toContain("Render figure");
  });

  it("has a count for each state that agrees with the list behind it", async () => {
    const { site, open } = await opened();
    await failOne(site, "failed one");
    await site.submitMany(3);
    const page = await open("/");

    for (const state of taskStates) {
      await page.goto("/");
      const link = page.locator(`.state-counts .${state} a`);
      const count = Number(await link.locator(".count").innerText());
      await link.click();
      await page.waitForURL(new RegExp(`state=${state}`));
      expect(await page.locator("#tasks tbody tr").count()).toBe(count);
    }
  });

  it("tells its curves in a sentence, and as a table of numbers", async () => {
    const { site, open } = await opened();
    await failOne(site, "failed one");
    const page = await open("/");

    const chart = page.locator("#ended-chart");
    expect(await chart.getByRole("img").getAttribute("aria-label")).toContain("1 failed");
    await chart.getByText("Numbers").click();
    expect(await chart.locator("tbody tr").count()).toBe(60);
    expect(await chart.locator("tbody td:last-child", { hasText: "1" }).count()).toBe(1);
  });

  it("tells the numbers where the pointer is", async () => {
    const { open } = await opened();
    const page = await open("/");

    await page.locator("#ended-chart .plot svg").hover();

    await page.locator("#ended-chart .at-cursor").waitFor({ state: "visible" });
    expect(await page.locator("#ended-chart .at-cursor").innerText()).toContain("completed 0");
  });

  it("shows for how long tasks run, ticking", async () => {
    const { site, open } = await opened();
    await site.submit({ title: "long one" });
    await (await PlayedWorker.start(site.store)).claim();
    const page = await open("/");

    const time = page.locator("#longest-running time").first();
    const before = await time.innerText();
    await until(async () => (await time.innerText()) !== before);

    expect(await time.getAttribute("title")).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+/);
  });

  it.each([
    ["light", "empty"],
    ["light", "full"],
    ["dark", "empty"],
    ["dark", "full"],
  ] as const)("is accessible, %s and %s", async (colorScheme, filling) => {
    const { site, open } = await opened();
    if (filling === "full") {
      await failOne(site, "failed one");
      await site.submitMany(4, { title: "a long title ".repeat(8) });
      await (await PlayedWorker.start(site.store)).claim();
    }

    const page = await open("/", { colorScheme });

    expect(await accessFaults(page)).toEqual([]);
  });

  it.each([320, 640])("needs no scrolling sideways at %d pixels", async (width) => {
    const { site, open } = await opened();
    await failOne(site, "a long title ".repeat(8));
    await site.submitMany(2, { title: "x".repeat(180) });
    await (await PlayedWorker.start(site.store)).claim();

    const page = await open("/", { viewport: { width, height: 700 } });

    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });

  it("works without scripts", async () => {
    const { site, open } = await opened();
    await failOne(site, "failed one");

    const page = await open("/", { javaScriptEnabled: false });

    await page.locator("#attention").getByText("1 task failed").waitFor();
    await page.getByRole("link", { name: "Failed tasks" }).click();
    expect(await page.locator("#tasks tbody tr").count()).toBe(1);
    await page.getByRole("link", { name: "Workers", exact: true }).click();
    expect(await page.locator("h1").innerText()).toBe("Workers");
  });
});

describe("the frame", () => {
  it("goes everywhere by two keys, and says which keys there are", async () => {
    const { open } = await opened();
    const page = await open("/");

    for (const [key, path] of [
      ["t", "/tasks"],
      ["w", "/workers"],
      ["e", "/events"],
      ["s", "/settings"],
      ["o", "/"],
    ] as const) {
      await page.keyboard.press("g");
      await page.keyboard.press(key);
      await page.waitForURL((url) => url.pathname === path);
      await page.waitForLoadState("load");
    }
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    expect(await accessFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "hidden" });
  });

  it("begins with a link that skips to the content", async () => {
    const { open } = await opened();
    const page = await open("/");

    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");

    expect(await page.evaluate("document.activeElement.id")).toBe("main");
  });

  it("keeps a chosen theme, and has it before anything is painted", async () => {
    const { open } = await opened();
    const page = await open("/", { colorScheme: "light" });
    const background = "getComputedStyle(document.documentElement).backgroundColor";
    const light = await page.evaluate(background);

    await page.getByRole("button", { name: /Theme/ }).click();
    await page.getByRole("button", { name: /Theme: light/ }).click();
    expect(await page.evaluate(background)).not.toBe(light);
    await page.addInitScript(
      `document.addEventListener("readystatechange", () => { window.early ??= document.documentElement.dataset.theme; })`,
    );
    await page.reload();

    expect(await page.evaluate("window.early")).toBe("dark");
  });

  it("has no script and no style of its own, and asks nothing of other places", async () => {
    const { site } = await opened();
    const asked: string[] = [];
    const page = await browser.visit("about:blank");
    page.on("request", (request) => asked.push(request.url()));

    for (const path of ["/", "/tasks", "/workers", "/events", "/settings"]) {
      await page.goto(`${site.url}${path}`);
      const html = await (await fetch(`${site.url}${path}`)).text();
      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
      expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=/);
    }

    expect(asked.filter((url) => !url.startsWith(site.url) && url !== "about:blank")).toEqual([]);
  });

  it("needs scripts of at most 60 kB", async () => {
    const { open } = await opened();
    const page = await open("/");
    const addresses = (await page.evaluate(
      "[...document.scripts].map((script) => script.src)",
    )) as string[];

    const sizes = await Promise.all(
      addresses.map(async (url) => {
        const answer = await fetch(url, { headers: { "Accept-Encoding": "gzip" } });
        expect(answer.headers.get("content-encoding")).toBe("gzip");
        expect(answer.headers.get("cache-control")).toContain("immutable");
        return Number(
          answer.headers.get("content-length") ?? (await answer.arrayBuffer()).byteLength,
        );
      }),
    );

    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000);
  });

  it("tells of a page that is not there in a page", async () => {
    const { site } = await opened();
    const page = await browser.visit(`${site.url}/workers/nobody`, { allowsFailedLoads: true });

    expect(await page.locator("main").innerText()).toContain("nobody");
    expect(await accessFaults(page)).toEqual([]);
  });
});
