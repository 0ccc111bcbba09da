import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { PlayedWorker } from "../support/played-worker.ts";
import { accessFaults, live, overflow, type PageOptions, useStage } from "./page-stage.ts";

const stage = useStage();
const hostile = `"><img src=x onerror="document.title='owned'">`;

describe("the events", () => {
  it("tell of each action within a second: who, in which role, what, to what, how it ended and why", async () => {
    const { site, open } = await opened();
    const task = await site.submit({ title: "theirs" });
    const page = await open("/events");

    await post(page, `/tasks/${task.id}/cancel`, { attempt: "0", reason: "no longer wanted" });

    const row = page.locator("#events tr", { hasText: "task.cancel" });
    await row.waitFor();
    const cells = await row.locator("th, td").allInnerTexts();
    expect(cells.slice(1, 4)).toEqual(["local", "admin", "task.cancel"]);
    expect(cells[4]).toContain(task.id.slice(0, 10));
    expect(cells[5]).toMatch(/✓\s*done/);
    expect(cells[6]).toBe("no longer wanted");
  });

  it("tell of refused actions too", async () => {
    const { site, stageOf } = await opened();
    const task = await site.submit();
    const page = await stageOf.pageOf("viewer", "/events", { allowsErrors: true });

    await post(page, `/tasks/${task.id}/cancel`, { attempt: "0" });

    const row = page.locator("#events tr", { hasText: "task.cancel" });
    await row.waitFor();
    expect(await row.innerText()).toMatch(/⊘\s*refused/);
  });

  it("are filtered by kind, actor, task and worker, in the address", async () => {
    const { site, open } = await opened();
    const [one, other] = await site.submitMany(2);
    const worker = await PlayedWorker.start(site.store);
    await worker.claim();
    const page = await open("/events");
    await post(page, `/tasks/${other?.id}/cancel`, { attempt: "0" });

    const counted = async (query: string) => {
      await page.goto(`/events?${query}`);
      return await page.locator("#events tbody tr").count();
    };
    expect(await counted("kind=audit")).toBe(1);
    expect(await counted("kind=worker")).toBeGreaterThan(0);
    expect(await counted(`task=${one?.id}`)).toBe(2);
    expect(await counted(`worker=${worker.id}`)).toBeGreaterThan(1);
    expect(await counted("actor=local")).toBe(1);
    expect(await counted("actor=nobody-at-all")).toBe(0);
    await page.getByText("No event fits these filters.").waitFor();

    await page.goto("/events");
    await page.getByLabel("Kind").selectOption("audit");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.waitForURL(/kind=audit/);
    expect(await page.getByLabel("Kind").inputValue()).toBe("audit");
  });

  it("go back in pages, and wait with new ones while somebody points at them", async () => {
    const { site, open } = await opened();
    await site.submitMany(150);
    const page = await open("/events");
    expect(await page.locator("#events tbody tr").count()).toBe(100);
    const first = page.locator("#events tbody tr").first();
    await first.hover();
    const before = await first.getAttribute("id");

    await site.submit();
    await page.getByRole("button", { name: "1 new" }).waitFor();

    expect(await first.getAttribute("id")).toBe(before);
    await page.getByRole("button", { name: "1 new" }).click();
    await page.locator(`#events tbody tr:nth-child(2)#${before}`).waitFor();
    await page.getByRole("link", { name: "Older" }).click();
    await live(page);
    expect(await page.locator("#events tbody tr").count()).toBe(51);
    await page.getByRole("link", { name: "Newest" }).click();
    await page.waitForURL(/\/events$/);
  });

  it("can be exported as they are filtered", async () => {
    const { site, open } = await opened();
    const [one] = await site.submitMany(3);
    const page = await open(`/events?task=${one?.id}`);

    for (const [name, pattern] of [
      ["Export JSON lines", /^\{.*"type":"task_submitted".*\}\n$/],
      ["Export CSV", /task_submitted/],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name }).click(),
      ]);
      expect(await readFile(await download.path(), "utf8")).toMatch(pattern);
    }
  });

  it("show as text what anybody wrote, and no secrets", async () => {
    const { site, open } = await opened();
    const task = await site.submit();
    const page = await open("/events");
    await post(page, `/tasks/${task.id}/cancel`, {
      attempt: "0",
      reason: `${hostile} PASSWORD=hunter2`,
    });

    await page.locator("#events tr", { hasText: "task.cancel" }).waitFor();
    expect(await page.locator("#events").innerText()).toContain(hostile);
    expect(await page.title()).not.toBe("owned");
    expect(await page.locator("#events").innerText()).not.toContain("hunter2");
  });

  it("have nothing for axe to find, and no sideways scrolling at 320 px", async () => {
    const { site, open } = await opened();
    expect(await accessFaults(await open("/events"))).toEqual([]);
    await site.submitMany(3);
    const worker = await PlayedWorker.start(site.store);
    await worker.claim();
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open("/events", { colorScheme });
      expect(await page.locator("#events tbody tr").count()).toBeGreaterThan(3);
      expect(await accessFaults(page)).toEqual([]);
    }
    const narrow = await open("/events", { viewport: { width: 320, height: 700 } });
    expect(await overflow(narrow)).toBeLessThanOrEqual(0);
    expect(await accessFaults(narrow)).toEqual([]);
  });

  it("can be read and filtered without scripts", async () => {
    const { site, open } = await opened();
    await site.submit();
    const page = await open("/events", { javaScriptEnabled: false });

    await page.getByLabel("Kind").selectOption("worker");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByRole("link", { name: "Clear filters" }).first().click();

    await page.getByText("task submitted").waitFor();
  });

  it.each([820, 390])("stand whole in a window of %i pixels", async (width) => {
    const { site, open } = await opened();
    const worker = await PlayedWorker.start(site.store, { id: `direct-simulation-0-${width}` });
    await site.submit();
    const task = await worker.claim();
    const message = "it needed more memory than there was, as it did in each of its attempts";
    const failure = { kind: "exit_code", message } as const;
    await worker.settle(task, { kind: "failed", failure });
    const page = await open("/events", { viewport: { width, height: 900 } });
    await page.locator("#events tr", { hasText: "task failed" }).waitFor();

    const cut = await page.locator("#events").evaluate((table) => {
      const edge = (table.parentElement?.getBoundingClientRect().right ?? 0) + 1;
      const shown = [...table.querySelectorAll("tbody *")];
      return shown.filter((one) => one.getBoundingClientRect().right > edge).length;
    });

    expect(cut).toBe(0);
    const reason = page.locator("#events .reason", { hasText: message });
    expect((await reason.boundingBox())?.width).toBeGreaterThan(width / 6);
  });
});

async function opened() {
  const stageOf = await stage.open();
  const open = (path: string, options: PageOptions = {}) => stageOf.page(path, options);
  return { stageOf, site: stageOf.site, open };
}

/** As a form of another tab of the same browser. */
async function post(page: Page, path: string, fields: Record<string, string>): Promise<void> {
  await page.evaluate(
    async ([address, entries]) => {
      const csrf = document.querySelector<HTMLMetaElement>('meta[name="clx-csrf"]')?.content ?? "";
      const body = new URLSearchParams({ _csrf: csrf, ...entries });
      await fetch(address, { method: "POST", body, redirect: "manual" });
    },
    [path, fields] as const,
  );
}
