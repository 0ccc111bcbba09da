import { describe, expect, it } from "vitest";
import { defaultRetry } from "../../src/domain/task.ts";
import { bestOf } from "../support/best-of.ts";
import { openBeside } from "../support/open-beside.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { until } from "../support/until.ts";
import { accessFaults, live, overflow, useStage } from "./page-stage.ts";

const stage = useStage();
const hostile = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

describe("the list of tasks", () => {
  it("says how to begin when there has never been a task, and shows the first one by itself", async () => {
    const { site, page: open } = await opened();
    const page = await open("/tasks");
    await page.getByText("There are no tasks yet.").waitFor();

    await site.submit({ title: "The first one" });

    await page.getByRole("link", { name: "The first one" }).waitFor();
  });

  it("has a real table: caption, heads of columns and rows, and a button that sorts", async () => {
    const { site, page: open } = await opened();
    await site.submit({ title: "older" });
    await site.submit({ title: "newer" });
    const page = await open("/tasks");

    expect(await page.locator("#tasks caption").textContent()).toContain("newest first");
    expect(await page.locator("#tasks thead th[scope=col]").count()).toBe(10);
    expect(await page.locator("#tasks tbody th[scope=row]").allInnerTexts()).toEqual([
      "newer",
      "older",
    ]);
    expect(await page.locator("#tasks th.col-age").getAttribute("aria-sort")).toBe("ascending");

    await page.getByRole("button", { name: "Age" }).click();

    await live(page);
    expect(page.url()).toContain("order=oldest");
    expect(await page.locator("#tasks tbody th").allInnerTexts()).toEqual(["older", "newer"]);
    expect(await page.locator("#tasks th.col-age").getAttribute("aria-sort")).toBe("descending");
  });

  it("counts each state under the same filter, and each count is that of its list", async () => {
    const { site, page: open } = await opened();
    await site.submitMany(3, { title: "wanted" });
    await site.submitMany(2, { title: "other" });
    const worker = await PlayedWorker.start(site.store);
    await worker.settle(await worker.claim(), { kind: "completed", result: null });
    const page = await open("/tasks?q=wanted");

    for (const [state, count] of [
      ["pending", 2],
      ["completed", 1],
      ["failed", 0],
    ] as const) {
      const tab = page.locator(".tabs a", { hasText: state });
      expect(await tab.locator(".count").textContent()).toBe(String(count));
      await tab.click();
      await live(page);
      expect(page.url()).toContain("q=wanted");
      expect(await page.locator("#tasks tbody tr").count()).toBe(count);
    }
  });

  it("keeps filters, sort and page in the address: reload and Back restore them", async () => {
    const { site, page: open } = await opened();
    await site.submitMany(60, { title: "many", type: "command" });
    await site.submitMany(2, { title: "few", type: "other", tags: ["night"] });
    const page = await open("/tasks");

    await page.locator("#filter-type").fill("command");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByRole("link", { name: "Next page" }).click();
    await live(page);
    expect(await page.locator("#tasks tbody tr").count()).toBe(10);

    await page.reload();
    await live(page);
    expect(await page.locator("#tasks tbody tr").count()).toBe(10);
    expect(await page.locator("#filter-type").inputValue()).toBe("command");

    await page.goBack();
    expect(await page.locator("#tasks tbody tr").count()).toBe(50);
    await page.getByRole("link", { name: "Clear filters" }).click();
    await page.getByText("More filters").click();
    await page.getByLabel("Tag", { exact: true }).fill("night");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.waitForURL(/tag=night/);
    expect(page.url()).not.toContain("worker=");
    expect(await page.locator("#tasks tbody tr").count()).toBe(2);
  });

  it("offers to clear filters that nothing fits", async () => {
    const { site, page: open } = await opened();
    await site.submit({ title: "one" });
    const page = await open("/tasks?type=nothing");

    await page.getByText("No task fits these filters.").waitFor();
    await page.locator(".empty").getByRole("link", { name: "Clear filters" }).click();

    await page.getByRole("link", { name: "one" }).waitFor();
  });

  it("brings rows up to date where they are, and offers new ones where somebody points", async () => {
    const { site, page: open } = await opened();
    await site.submit({ title: "first" });
    const page = await open("/tasks");
    const row = page.locator("#tasks tbody tr").first();
    await row.hover();
    const before = await row.boundingBox();

    await site.submit({ title: "second" });
    const news = page.getByRole("button", { name: "1 new" });
    await news.waitFor();
    const worker = await PlayedWorker.start(site.store);
    await worker.claim();
    await row.getByText("running").waitFor();

    expect(await page.locator("#tasks tbody tr").count()).toBe(1);
    expect(await row.boundingBox()).toEqual(before);
    await news.click();
    await page.getByRole("link", { name: "second" }).waitFor();
    expect(await page.locator("#tasks tbody tr").count()).toBe(2);
  });

  it("freezes while rows are ticked, says so, and resumes", async () => {
    const { site, page: open } = await opened();
    await site.submitMany(3, { title: "here" });
    const page = await open("/tasks");

    await page.locator("input[data-row]").first().check();
    await page.mouse.move(5, 5);
    await page.getByText("Updates paused").waitFor();
    await site.submit({ title: "new" });
    await page.getByRole("button", { name: "1 new" }).waitFor();

    expect(await page.locator("#tasks tbody tr").count()).toBe(3);
    expect(await page.locator("input[data-row]:checked").count()).toBe(1);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.locator("#tasks").getByRole("link", { name: "new" }).waitFor();
    expect(await page.locator("input[data-row]:checked").count()).toBe(0);
  });

  it("keeps selected text, scroll, focus and what is half typed through updates", async () => {
    const { site, page: open } = await opened();
    await site.submitMany(50, { title: "row" });
    const page = await open("/tasks");
    await page.locator("#filter-q").fill("half typ");
    await page.evaluate(() => scrollTo(0, 400));
    await page.evaluate(() => {
      const title = document.querySelectorAll(".task-title")[20];
      if (title) getSelection()?.selectAllChildren(title);
    });
    const seen = () =>
      page.evaluate(() => ({
        top: scrollY,
        text: getSelection()?.toString(),
        typed: (document.activeElement as HTMLInputElement).value,
      }));
    const before = await seen();

    await site.submitMany(5, { title: "later" });
    await until(async () => (await site.store.countTasks({}))[0]?.count === 55);
    const worker = await PlayedWorker.start(site.store);
    await worker.claim();
    await page.waitForTimeout(2_500);

    expect(await seen()).toEqual(before);
    expect(before).toMatchObject({ top: 400, text: "row", typed: "half typ" });
  });

  it("shows titles, types, tags and payloads of anybody as text", async () => {
    const { site, page: open } = await opened();
    await site.submit({ title: hostile, type: hostile.slice(0, 80), payload: { a: hostile } });
    await site.submit({ payload: { password: "hunter2", note: hostile } });
    const page = await open("/tasks");

    expect(await page.locator(".task-title").last().textContent()).toContain('"><img src=x');
    expect(await page.title()).not.toBe("owned");
    expect(await page.content()).not.toContain("hunter2");
    const filtered = await open(`/tasks?q=${encodeURIComponent(hostile)}`);
    expect(await filtered.locator("#filter-q").inputValue()).toBe(hostile);
    expect(await filtered.title()).not.toBe("owned");
  });

  it("answers within 200 ms with 10,000 tasks, and updates without long tasks", async () => {
    const { site, page: open } = await opened();
    for (let n = 0; n < 10; n++) await site.submitMany(1_000, { title: `batch ${n}` });
    const page = await open("/tasks");
    expect(await page.locator(".tabs a").first().innerText()).toContain("10,000+");

    for (const query of ["", "?state=pending", "?order=oldest", "?q=batch"]) {
      const best = await bestOf(200, async () => {
        const from = performance.now();
        expect((await fetch(`${site.url}/tasks${query}`)).status).toBe(200);
        return performance.now() - from;
      });
      expect(best, query).toBeLessThan(200);
    }
    await page.evaluate(() => {
      Object.assign(window, { long: [] });
      new PerformanceObserver((list) => {
        const { long } = window as unknown as { long: number[] };
        long.push(...list.getEntries().map(({ duration }) => duration));
      }).observe({ type: "longtask" });
    });
    const worker = await PlayedWorker.start(site.store);
    let n = 0;
    const best = await bestOf(200, async () => {
      const title = `during ${++n}.`;
      await page.evaluate(() => Object.assign(window, { long: [] }));
      await worker.settle(await worker.claim(), { kind: "completed", result: null });
      await site.submit({ title });
      await page.getByRole("link", { name: title }).waitFor();
      const long = await page.evaluate(() => (window as unknown as { long: number[] }).long);
      return Math.max(0, ...long);
    });
    expect(best).toBeLessThan(200);
  }, 120_000);
});

describe("acting on many tasks", () => {
  it("ticks ranges with shift, all of a page, and all that match as a second step", async () => {
    const { site, page: open } = await opened();
    await site.submitMany(60, { title: "many" });
    const page = await open("/tasks?q=many");
    const bar = page.locator(".bulk-bar");
    expect(await bar.isVisible()).toBe(false);

    await page.locator("input[data-row]").nth(1).click();
    await page
      .locator("input[data-row]")
      .nth(5)
      .click({ modifiers: ["Shift"] });
    expect(await page.locator("input[data-row]:checked").count()).toBe(5);
    expect(await bar.innerText()).toContain("5 ticked");
    expect(await page.getByLabel("Select all 60 matching").isVisible()).toBe(false);
    await page.getByLabel("Tick all rows of this page").check();
    expect(await bar.innerText()).toContain("50 ticked");
    await page.getByLabel("Select all 60 matching").check();
    await page.getByRole("button", { name: "Cancel…" }).click();

    const dialog = page.getByRole("dialog");
    await dialog.getByText("text “many”").waitFor();
    await dialog.getByText("60 tasks will be cancelled.").waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Keep tasks");
    await dialog.getByLabel("Reason").fill("wrong input");
    await dialog.getByRole("button", { name: "Cancel 60 tasks" }).click();
    await page.getByText("60 done, 0 skipped, 0 failed").waitFor();
    const { counts } = await site.store.countMatching({});
    expect(counts).toMatchObject({ cancelled: 60, pending: 0 });
    await page.getByText("Updates paused").waitFor({ state: "detached" });
  });

  it("tells how many it will skip, and why; Escape leaves everything as it is", async () => {
    const { site, page: open } = await opened();
    await site.submitMany(2, { title: "waiting" });
    const worker = await PlayedWorker.start(site.store);
    await worker.settle(await worker.claim(), { kind: "completed", result: null });
    const page = await open("/tasks");

    await page.getByLabel("Tick all rows of this page").check();
    await page.getByRole("button", { name: "Cancel…" }).click();
    await page.getByText("1 task will be skipped: it has ended already.").waitFor();
    await page.keyboard.press("Escape");

    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect((await site.store.countMatching({})).counts.pending).toBe(1);
  });

  it("says so when there is nothing to do", async () => {
    const { site, page: open } = await opened();
    await site.submitMany(2, { title: "waiting" });
    const page = await open("/tasks");

    await page.locator("input[data-row]").first().check();
    await page.getByRole("button", { name: "Delete…" }).click();

    await page.getByText("There is nothing to delete. 1 task: it has not ended").waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("goes on in the background with its progress, and stops when it is told to", async () => {
    const { site, page: open } = await opened();
    await site.submitMany(1_000, { title: "many" });
    const page = await open("/tasks");
    await page.getByLabel("Tick all rows of this page").check();
    await page.getByLabel("Select all 1,000 matching").check();
    await page.getByRole("button", { name: "Cancel…" }).click();
    const go = page.getByRole("button", { name: "Cancel 1,000 tasks" });
    await go.waitFor();

    // While somebody else writes, the work stands still.
    const other = openBeside(site.site.path);
    other.exec("begin immediate");
    await go.click();
    await page.getByRole("link", { name: "Cancelling 1,000 tasks" }).waitFor();
    await page.getByRole("button", { name: "Stop cancelling tasks" }).click();
    await until(() => site.asked.some((path) => path.endsWith("/stop")));
    other.exec("rollback");
    other.close();

    const told = page.getByRole("link", { name: /tasks cancelled, then stopped/ });
    await told.waitFor();
    const { counts } = await site.store.countMatching({});
    expect(counts.cancelled).toBeGreaterThan(0);
    expect(counts.pending).toBeGreaterThan(0);
    await told.click();
    expect(await page.locator("h1").innerText()).toMatch(/tasks cancelled, then stopped$/);
    expect(await accessFaults(page)).toEqual([]);
  });

  it("works without scripts for the ticked rows", async () => {
    const { site, page: open } = await opened();
    const [one] = await site.submitMany(3, { title: "plain" });
    const page = await open("/tasks", { javaScriptEnabled: false });

    await page.locator(`input[value="${one?.id}"]`).check();
    await page.getByRole("button", { name: "Cancel…" }).click();
    await page.getByLabel("Reason").fill("by hand");
    await page.getByRole("button", { name: "Cancel 1 task", exact: true }).click();
    await page.waitForURL(/\/bulk\//);

    await until(async () => (await site.store.findTask(one?.id ?? ""))?.state === "cancelled");
    expect((await site.store.findTask(one?.id ?? ""))?.cancelReason).toBe("by hand");
    await page.reload();
    expect(await page.locator("h1").innerText()).toBe("1 task cancelled");
  });
});

describe("a new task from the page", () => {
  it("is submitted once for two clicks, and refused with the reason when it is no JSON", async () => {
    const { site, page: open } = await opened();
    const page = await open("/tasks", { allowsErrors: true });
    await page.locator("#new-task summary").click();
    await page.locator("#new-payload").fill("{oops");
    await page.getByRole("button", { name: "Submit task" }).click();
    await page.getByText(/payload is no JSON: at line 1, column 2/).waitFor();

    await page.locator("#new-payload").fill('{"argv": ["true"]}');
    await page.locator("#new-title").fill("typed in");
    await page.getByRole("button", { name: "Submit task" }).dblclick({ delay: 120 });
    await page.getByText("was submitted.").waitFor();

    const { items } = await site.store.listTasks({ limit: 10 });
    expect(items.map(({ title }) => title)).toEqual(["typed in"]);
  });

  it("is refused for numbers that would lose digits", async () => {
    const { page: open } = await opened();
    const page = await open("/tasks", { javaScriptEnabled: false, allowsErrors: true });
    await page.locator("#new-task summary").click();
    await page.locator("#new-payload").fill('{"argv": ["x"], "n": 9007199254740993}');
    await page.getByRole("button", { name: "Submit task" }).click();

    await page.getByText(/9007199254740993 .*cannot be kept exactly/).waitFor();
  });
});

describe("who may not act", () => {
  it("sees the controls disabled with the reason, and is refused a forged request", async () => {
    const { site, stageOf } = await opened();
    await site.submitMany(2, { title: "theirs" });
    const page = await stageOf.pageOf("viewer", "/tasks", { allowsErrors: true });
    const button = page.locator("[data-why]", { hasText: "New task" });
    expect(await button.getAttribute("aria-disabled")).toBe("true");
    expect(await button.getAttribute("data-why")).toContain(
      "Needs the role operator; yours is viewer.",
    );

    const status = await page
      .evaluate(async () => {
        const csrf =
          document.querySelector<HTMLMetaElement>('meta[name="clx-csrf"]')?.content ?? "";
        const body = new URLSearchParams({ _csrf: csrf, action: "cancel", all: "1" });
        return (await fetch("/bulk", { method: "POST", body })).status;
      })
      .catch(() => 0);
    expect(status).toBe(403);
    expect((await site.store.countMatching({})).counts.pending).toBe(2);
  });
});

describe("for everybody", () => {
  it("has nothing for axe to find: full, empty, filtered to nothing, light and dark", async () => {
    const { site, page: open } = await opened();
    const empty = await open("/tasks");
    expect(await accessFaults(empty)).toEqual([]);
    await variety(site);

    for (const colorScheme of ["light", "dark"] as const) {
      const full = await open("/tasks", { colorScheme });
      expect(await accessFaults(full)).toEqual([]);
      await full.locator("input[data-row]").first().check();
      await full.getByText("More filters").click();
      expect(await accessFaults(full)).toEqual([]);
      await full.getByRole("button", { name: "Delete…" }).click();
      await full.getByRole("dialog").or(full.locator(".notice")).first().waitFor();
      expect(await accessFaults(full)).toEqual([]);
      expect(await accessFaults(await open("/tasks?q=nothing", { colorScheme }))).toEqual([]);
    }
  });

  it("tells each state by a glyph and a word, colours apart", async () => {
    const { site, page: open } = await opened();
    await variety(site);
    const page = await open("/tasks");

    const badges = await page
      .locator("#tasks .badge")
      .evaluateAll((all) =>
        all.map((one) => [
          one.querySelector(".glyph")?.textContent ?? "",
          one.querySelector(".word")?.textContent?.split(" ")[0] ?? "",
        ]),
      );

    const known = new Map(badges.map(([glyph = "", word = ""]) => [word, glyph]));
    expect(Object.fromEntries(known)).toEqual({
      ...{ blocked: "◇", pending: "○", due: "◔", running: "▶" },
      ...{ completed: "✓", failed: "✗", cancelled: "⊘" },
    });
    expect(new Set(known.values()).size).toBe(known.size);
  });

  it("needs no sideways scrolling at 320 px, where rows are labelled cards", async () => {
    const { site, page: open } = await opened();
    await variety(site);
    const page = await open("/tasks", { viewport: { width: 320, height: 700 } });

    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await page.locator("#tasks td[data-label=Type]").first().isVisible()).toBe(true);
    const labels = await page
      .locator("#tasks tbody tr")
      .first()
      .locator("td:not(.col-tick)")
      .evaluateAll((all) => all.map((cell) => getComputedStyle(cell, "::before").content));
    expect(labels).not.toContain("none");
    expect(await accessFaults(page)).toEqual([]);
  });

  it("can be used with the keyboard alone", async () => {
    const { site, page: open } = await opened();
    await site.submit({ title: "by keys" });
    const page = await open("/tasks");

    await page.keyboard.press("/");
    await page.keyboard.type("keys");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=keys/);
    await live(page);
    await page.locator("input[data-row]").focus();
    await page.keyboard.press("Space");
    await page.getByText("1 ticked").waitFor();
    const reached = new Set<string>();
    for (let n = 0; n < 30 && !reached.has("Cancel…"); n++) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => document.activeElement?.textContent?.trim() ?? ""));
    }
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/tasks\/.+/);
  });

  it("tells exact times by keys: one Tab stop for a table, arrows from row to row", async () => {
    const { site, page: open } = await opened();
    await site.submitMany(3, { title: "plain" });
    const page = await open("/tasks");
    const focused = () =>
      page.evaluate(() => {
        const time = document.activeElement;
        const shown = time && getComputedStyle(time, "::after").content;
        return { tag: time?.tagName, row: time?.closest("tr")?.id, shown };
      });
    const exact = /^"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+"$/;
    const rows = await page
      .locator("#tasks tbody tr")
      .evaluateAll((all) => all.map(({ id }) => id));

    await page.keyboard.press("j");
    while ((await focused()).tag !== "TIME") await page.keyboard.press("Tab");
    expect(await focused()).toEqual({
      tag: "TIME",
      row: rows[0],
      shown: expect.stringMatching(exact),
    });
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    expect(await focused()).toEqual({
      tag: "TIME",
      row: rows[2],
      shown: expect.stringMatching(exact),
    });

    await site.submit({ title: "comes meanwhile" });
    await page.getByRole("button", { name: "1 new" }).waitFor();
    expect(await focused()).toMatchObject({ tag: "TIME", row: rows[2] });
    expect(await page.locator("#tasks time[tabindex='0']").count()).toBe(1);
    expect(await accessFaults(page)).toEqual([]);
  });

  it("lists, filters and pages without scripts", async () => {
    const { site, page: open } = await opened();
    await site.submitMany(51, { title: "plain" });
    const page = await open("/tasks", { javaScriptEnabled: false });

    await page.locator("#filter-q").fill("plain");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByRole("link", { name: "Next page" }).click();

    expect(await page.locator("#tasks tbody tr").count()).toBe(1);
  });
});

async function opened() {
  const stageOf = await stage.open();
  const open = stageOf.page.bind(stageOf);
  return { stageOf, site: stageOf.site, page: open };
}

/** A task in each state. */
async function variety(site: Awaited<ReturnType<typeof opened>>["site"]): Promise<void> {
  const worker = await PlayedWorker.start(site.store);
  await site.submit({ title: "completed one" });
  await worker.settle(await worker.claim(), { kind: "completed", result: { ok: true } });
  await site.submit({ title: "failed one", retry: { ...defaultRetry, maxAttempts: 1 } });
  const failure = { kind: "exit_code", message: "it ended with exit code 3", exitCode: 3 } as const;
  await worker.settle(await worker.claim(), { kind: "failed", failure });
  const running = await site.submit({ title: "running one" });
  await worker.claim();
  await site.submit({ title: "blocked one", after: [running.id] });
  await site.submit({ title: "later one", runAt: Date.now() + 3_600_000 });
  await site.submit({ title: "pending one" });
  const cancelled = await site.submit({ title: "cancelled one" });
  await site.store.cancel({ taskId: cancelled.id, reason: "not wanted", now: Date.now() });
}
