import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { defaultRetry, type LogLine, type Task } from "../../src/domain/task.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { until } from "../support/until.ts";
import {
  accessFaults,
  live,
  overflow,
  type PageOptions,
  quickestLoad,
  useStage,
} from "./page-stage.ts";

const stage = useStage();
const once = { ...defaultRetry, maxAttempts: 1 };
const hostile = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
const exitCode = { kind: "exit_code", message: "it ended with exit code 3", exitCode: 3 } as const;

describe("why a task waits", () => {
  it("names the task that it waits for, with a link, and each end of that", async () => {
    const { site, open } = await opened();
    const first = await site.submit({ title: "the first" });
    const second = await site.submit({ title: "the second", after: [first.id] });
    const page = await open(second);

    expect(await page.locator(".why").innerText()).toBe(`It waits for task ${first.id} to end.`);
    await page.getByRole("link", { name: "the first" }).click();
    await page.getByText("Waited for by").waitFor();
    await page.getByRole("link", { name: "the second" }).click();
    await live(page);
    const worker = await PlayedWorker.start(site.store);
    await worker.settle(await worker.claim(), { kind: "completed", result: null });
    await page.locator("#task-head").getByText("pending").waitFor();
  });

  it("names the time of the next attempt, the pause that holds it, and the missing worker", async () => {
    const { site, open } = await opened();
    const later = await site.submit({ runAt: Date.now() + 3_600_000 });
    expect(await (await open(later)).locator(".why").innerText()).toMatch(/not to run before/);

    const lonely = await site.submit({ type: "nobody-does-this" });
    const page = await open(lonely);
    expect(await page.locator(".why").innerText()).toMatch(/No live worker takes nobody-does-this/);

    const now = Date.now();
    const scope = { queue: "default" };
    await site.store.setPause({ scope, paused: true, by: "anna", reason: "new disk", now });
    await page
      .locator(".why")
      .getByText(/held back .*anna/)
      .waitFor();
  });
});

describe("acting on a task", () => {
  it("cancels it after a question that names it, with the reason, and shows that in its timeline", async () => {
    const { site, open } = await opened();
    const task = await site.submit({ title: "not wanted" });
    const page = await open(task);

    await page.getByRole("button", { name: "Cancel task" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("not wanted").waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Keep task");
    await dialog.getByLabel("Reason").fill("typo in the input");
    await dialog.getByRole("button", { name: "Cancel task" }).click();

    await page.locator("#task-head .badge.cancelled").waitFor();
    expect((await site.store.findTask(task.id))?.cancelReason).toBe("typo in the input");
    await page.locator("#task-timeline").getByText("local: task.cancel").waitFor();
  });

  it("retries a failed one, and tells of both attempts", async () => {
    const { site, open } = await opened();
    const { task, worker } = await failed(site);
    const page = await open(task);
    await page.getByText("The program said that it failed").waitFor();

    await page.getByRole("button", { name: "Retry task" }).click();
    await page.locator("#task-head .badge.pending").waitFor();
    await worker.settle(await worker.claim(), { kind: "completed", result: 42 });

    await page.locator("#task-head .badge.completed").waitFor();
    await page.locator("#output").getByText("42", { exact: true }).waitFor();
    await page.locator("#attempt-2").waitFor();
    expect(await page.locator(".timeline .attempt").count()).toBe(2);
    expect(await page.locator("#attempt-1").innerText()).toContain("Exit code");
  });

  it("hands in another one like it, once for a double click", async () => {
    const { site, open } = await opened();
    const { task } = await failed(site);
    const page = await open(task);

    await page
      .getByRole("button", { name: "Submit again, as a new task" })
      .dblclick({ delay: 120 });
    await page.locator("#notices").getByRole("link").click();
    await page.locator("#task-head .badge.pending").waitFor();

    const { items } = await site.store.listTasks({ limit: 10 });
    expect(items.map(({ title, state }) => [title, state])).toEqual([
      ["fails", "pending"],
      ["fails", "failed"],
    ]);
  });

  it("deletes an ended one and leaves its page", async () => {
    const { site, open } = await opened();
    const { task } = await failed(site);
    const page = await open(task, { allowsErrors: true });

    await page.getByRole("button", { name: "Delete task" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete task" }).click();

    await page.waitForURL(/\/tasks$/);
    expect(await site.store.findTask(task.id)).toBeUndefined();
  });

  it("says why a button cannot be used in this state", async () => {
    const { site, open } = await opened();
    const page = await open(await site.submit());

    const retry = page.getByRole("button", { name: "Retry task" });
    expect(await retry.getAttribute("data-why")).toBe("It has not ended: it is pending.");
    const remove = page.getByRole("button", { name: "Delete task" });
    expect(await remove.getAttribute("aria-disabled")).toBe("true");
  });

  it("does nothing from a stale page but tell how the task stands now", async () => {
    const { site, open } = await opened();
    const { task, worker } = await failed(site);
    const stale = await open(task, { javaScriptEnabled: false, allowsErrors: true });
    await site.store.retry({ taskId: task.id, now: Date.now() });
    await worker.settle(await worker.claim(), { kind: "failed", failure: exitCode });

    await stale.getByRole("button", { name: "Retry task" }).click();

    await stale.getByText(/gone on meanwhile: it is failed, at attempt 2/).waitFor();
    expect((await site.store.findTask(task.id))?.state).toBe("failed");
  });

  it("acts once for a double click", async () => {
    const { site, open } = await opened();
    const { task } = await failed(site);
    const page = await open(task, { allowsErrors: true });

    await page.getByRole("button", { name: "Retry task" }).dblclick({ delay: 120 });
    await page.locator("#task-head .badge.pending").waitFor();

    const events = await site.store.listEvents({ taskId: task.id, after: 0, limit: 100 });
    expect(events.filter(({ type }) => type === "task_retried")).toHaveLength(1);
  });

  it("can be done with the keyboard alone", async () => {
    const { site, open } = await opened();
    const task = await site.submit();
    const page = await open(task);

    await page.getByRole("button", { name: "Cancel task" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");

    await page.locator("#task-head .badge.cancelled").waitFor();
  });

  it("tells whoever looks at a task that somebody else deletes", async () => {
    const { site, open } = await opened();
    const { task } = await failed(site);
    const page = await open(task, { allowsErrors: true });

    await site.store.deleteTask({ taskId: task.id, now: Date.now() });

    await page.getByText("What this page shows is no longer there.").waitFor();
  });

  it("works without scripts, each action with a page that asks", async () => {
    const { site, open } = await opened();
    const task = await site.submit();
    const page = await open(task, { javaScriptEnabled: false });

    await page.getByRole("button", { name: "Cancel task" }).click();
    await page.getByLabel("Reason").fill("by hand");
    await page.getByRole("button", { name: "Cancel task" }).click();
    await page.locator("#task-head .badge.cancelled").waitFor();
    await page.getByRole("button", { name: "Retry task" }).click();

    await page.locator("#task-head .badge.pending").waitFor();
    expect(page.url()).toMatch(new RegExp(`/tasks/${task.id}$`));
  });

  it("is refused to viewers, on the page and at the server", async () => {
    const { site, stageOf } = await opened();
    const task = await site.submit();
    const path = `/tasks/${task.id}`;
    const page = await stageOf.pageOf("viewer", path, { allowsErrors: true });
    const cancel = page.getByRole("button", { name: "Cancel task" });
    expect(await cancel.getAttribute("data-why")).toContain("Needs the role operator");

    const status = await page.evaluate(async (address) => {
      const csrf = document.querySelector<HTMLMetaElement>('meta[name="clx-csrf"]')?.content ?? "";
      const body = new URLSearchParams({ _csrf: csrf, attempt: "0" });
      return (await fetch(`${address}/cancel`, { method: "POST", body })).status;
    }, path);

    expect(status).toBe(403);
    expect((await site.store.findTask(task.id))?.state).toBe("pending");
  });
});

describe("a running task", () => {
  it("shows progress, attempt and worker as they change", async () => {
    const { site, open } = await opened();
    const task = await site.submit({ title: "long" });
    const page = await open(task);
    const worker = await PlayedWorker.start(site.store);
    const claimed = await worker.claim();
    await page.locator("#task-head .badge.running").waitFor();

    const progress = { fraction: 0.25, message: "a quarter", at: Date.now() };
    await worker.report(claimed, { progress });

    await page.getByText("a quarter").waitFor();
    expect(await page.locator("progress").getAttribute("value")).toBe("25");
    await page.locator("#attempt-1").getByText(worker.id).waitFor();
  });

  it("tells in its timeline what happened to its worker meanwhile", async () => {
    const { site, open } = await opened();
    const { task, worker } = await running(site);
    const about = { workerId: worker.id, at: Date.now() + 1 };
    await site.store.appendEvents({
      events: [
        {
          type: "worker_signalled",
          message: "asked to end",
          data: { signal: "SIGTERM" },
          ...about,
        },
        { type: "worker_hung", message: "no heartbeat", ...about, at: Date.now() - 600_000 },
      ],
    });

    const page = await open(task);

    await page.getByText("Its worker was sent a signal: SIGTERM").waitFor();
    expect(await page.getByText("does not respond").count()).toBe(0);
  });

  it("shows what its worker uses", async () => {
    const { site, open } = await opened();
    const task = await site.submit();
    const worker = await PlayedWorker.start(site.store);
    await worker.claim();
    for (const memory of [1, 2, 3]) {
      const usage = { memory: memory * 1024 ** 3, cpuPercent: 150, processes: 2 };
      await site.store.renew({ workerId: worker.id, now: Date.now(), leaseMs: 60_000, usage });
      await until(() =>
        site.server.feed.usageOf(worker.id).some((one) => one.memory === usage.memory),
      );
    }

    const page = await open(task);

    expect(await page.locator(".usage").innerText()).toContain("3 GiB");
    expect(await page.locator(".usage svg[role=img]").first().getAttribute("aria-label")).toContain(
      "peak",
    );
  });

  it("names clocks that disagree instead of a length less than nothing", async () => {
    const { site, open } = await opened();
    const task = await site.submit();
    const worker = await PlayedWorker.start(site.store);
    const claimed = await worker.claim();
    await site.store.settle({
      workerId: worker.id,
      settlements: [{ taskId: claimed.id, attempt: 1, outcome: { kind: "completed", result: 1 } }],
      limit: 0,
      now: Date.now() - 60_000,
      jitter: 0,
    });

    const page = await open(task);

    await page
      .locator("#task-timeline")
      .getByText(/clocks .* differ by (1m|59)/)
      .waitFor();
    expect(await page.locator("main").innerText()).not.toMatch(/-\d+(ms|s|m)/);
  });
});

describe("its log", () => {
  it("has 100 MB: opens at its end within a second, follows, finds, leads anywhere, downloads whole", async () => {
    const { site, open } = await opened();
    const { task, worker, claimed } = await running(site);
    const count = 26_000;
    const text = (n: number) => `line ${n + 1} \u001b[33m${"x".repeat(3_980)}\u001b[0m`;
    for (let n = 0; n < count; n += 1_000)
      await worker.report(claimed, { logs: lines(1_000, (i) => text(n + i)) });
    const page = await open(task);
    await page.locator(`#log-${count}`).waitFor();
    expect(await quickestLoad(page, 1_000)).toBeLessThan(1_000);
    await until(async () => await isAtEnd(page));

    await worker.report(claimed, { logs: lines(3, (i) => `fresh ${i}`) });
    await page.getByText("fresh 2").waitFor();
    await until(async () => await isAtEnd(page));

    await page.getByRole("link", { name: "Beginning" }).click();
    await page.locator("#log-1").waitFor();
    await page.getByRole("link", { name: "Later lines" }).click();
    await page.locator("#log-1000").waitFor();
    await page.getByLabel("Find in the log").fill("LINE 13777 ");
    await page.getByRole("button", { name: "Find", exact: true }).click();
    await page.getByText("1 line has “LINE 13777” in it.").waitFor();
    await page.getByRole("link", { name: "Line 13777, in its place" }).click();
    await page.locator("#log-13777:target").waitFor();
    await page.locator("#log-14256").waitFor();
    expect(await page.getByText("not kept").count()).toBe(0);
    await page.getByRole("link", { name: "End", exact: true }).click();
    await page.locator(`#log-${count + 3}`).waitFor();
    await until(async () => await isAtEnd(page));
    await worker.report(claimed, { logs: lines(1, () => "the very last") });
    await page.getByText("the very last").waitFor();

    const answer = await fetch(`${site.url}/tasks/${task.id}/log.txt`);
    const whole = (await answer.text()).split("\n");
    expect(whole).toHaveLength(count + 5);
    expect(whole[13_776]).toBe(`line 13777 ${"x".repeat(3_980)}`);
  }, 240_000);

  it("no longer says that nothing was written once lines have come, few or many", async () => {
    const { site, open } = await opened();
    for (const count of [1, 8_000]) {
      const task = await site.submit({ title: `writes ${count}` });
      const page = await open(task);
      await page.getByText("Nothing has been written yet.").waitFor();
      await live(page);

      const worker = await PlayedWorker.start(site.store);
      const logs = lines(count, (at) => `line ${at + 1}`);
      await worker.report(await worker.claim(), { logs });

      await page.getByText(`line ${count}`, { exact: true }).waitFor();
      await page.getByText("Nothing has been written yet.").waitFor({ state: "hidden" });
    }
  });

  it("says of a task that ended without a line that nothing was written", async () => {
    const { site, open } = await opened();
    const page = await open(await site.submit());
    await live(page);

    const worker = await PlayedWorker.start(site.store);
    await worker.settle(await worker.claim(), { kind: "completed", result: null });

    await page.getByText("Nothing was written.").waitFor();
  });

  it("stops following on scroll up, counts what is new, and goes on from there", async () => {
    const { site, open } = await opened();
    const { task, worker, claimed } = await running(site);
    await worker.report(claimed, { logs: lines(300, (i) => `line ${i}`) });
    const page = await open(task);
    await until(async () => await isAtEnd(page));
    await page.waitForTimeout(200);

    await page.locator("#log-frame").hover();
    await page.mouse.wheel(0, -600);
    await until(async () => !(await page.locator("[data-follow]").isChecked()));
    const top = await restingTop(page);
    await worker.report(claimed, { logs: lines(2, (i) => `fresh ${i}`) });
    const news = page.getByRole("button", { name: "2 new lines" });
    await news.waitFor();

    expect(await page.locator("#log-frame").evaluate((frame) => frame.scrollTop)).toBe(top);
    await news.click();
    await until(async () => await isAtEnd(page));
    expect(await page.locator("[data-follow]").isChecked()).toBe(true);
  });

  it("fetches earlier lines and later ones, and holds no more of them than stays quick", async () => {
    const { site, open } = await opened();
    const { task, worker, claimed } = await running(site);
    for (let n = 0; n < 8; n++) {
      await worker.report(claimed, { logs: lines(1_000, (i) => `line ${n * 1_000 + i}`) });
    }
    const page = await open(task);
    const shown = page.locator("#log-lines > li[id]");
    const turn = async (name: string, count: number) => {
      await page.getByRole("link", { name }).click();
      await page.locator(`#log-${count}`).waitFor({ state: "attached" });
    };
    expect(await shown.count()).toBe(500);

    for (let first = 7_001; first >= 1; first -= 500) await turn("Earlier lines", first);

    expect(await shown.count()).toBe(6_000);
    expect(await page.getByRole("link", { name: "Earlier lines" }).isVisible()).toBe(false);
    await worker.report(claimed, { logs: lines(2, (i) => `fresh ${i}`) });
    for (let last = 6_500; last <= 8_000; last += 500) await turn("Later lines", last);
    await turn("Later lines", 8_002);
    expect(await shown.count()).toBe(6_000);
    const ids = await shown.evaluateAll((all) => all.map(({ id }) => Number(id.slice(4))));
    expect(ids).toEqual(Array.from({ length: 6_000 }, (_, at) => 2_003 + at));
    expect(await page.getByRole("link", { name: "Later lines" }).isVisible()).toBe(false);
  });

  it("finds lines, and can be copied and downloaded whole as text", async () => {
    const { site, open } = await opened();
    const { task, worker, claimed } = await running(site);
    await worker.report(claimed, {
      logs: lines(1_000, (i) => `\u001b[32mstep ${i}\u001b[0m${i === 7 ? " NEEDLE" : ""}`),
    });
    const page = await open(task);

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator(".log-tools").first().getByRole("link", { name: "Download" }).click(),
    ]);
    const text = await readFile(await download.path(), "utf8");
    expect(text.split("\n")).toHaveLength(1_001);
    expect(text).toContain("step 7 NEEDLE\n");

    await page.getByLabel("Find in the log").fill("needle");
    await page.getByRole("button", { name: "Find", exact: true }).click();
    await page.getByText("1 line has “needle” in it.").waitFor();
    expect(await page.locator("mark").innerText()).toBe("NEEDLE");
    await page.getByRole("link", { name: "Show all" }).click();
    await page.locator("#log-1000").waitFor();
  });

  it("renders escape codes as classes and everything else as text", async () => {
    const { site, open } = await opened();
    const { task, worker, claimed } = await running(site);
    await worker.report(claimed, {
      logs: lines(
        1,
        () => `\u001b[1;31mred\u001b[0m \u001b]8;;javascript:alert(1)\u0007${hostile}\u0007`,
      ),
    });
    const page = await open(task);

    expect(await page.locator(".ansi-red").innerText()).toBe("red");
    expect(await page.locator("#log-1 .text").innerText()).toContain(hostile);
    expect(await page.locator("#log-1 a, #log-1 img").count()).toBe(0);
    expect(await page.title()).not.toBe("owned");
  });

  it("copies over plain HTTP, where browsers offer no clipboard", async () => {
    const { site, open } = await opened();
    const task = await site.submit({ payload: { argv: ["echo", "copied text"] } });
    const worker = await PlayedWorker.start(site.store);
    const logs: LogLine[] = [
      { at: Date.now(), stream: "stdout", line: "plain" },
      { at: Date.now(), stream: "stderr", line: "\u001b[31mcoloured\u001b[0m" },
    ];
    await worker.report(await worker.claim(), { logs });
    const page = await open(task);
    await page.evaluate(() => {
      Object.defineProperty(navigator, "clipboard", { value: undefined });
      document.execCommand = (command) => {
        const field = document.activeElement as HTMLTextAreaElement;
        Object.assign(window, { copied: [command, field.value] });
        return true;
      };
    });

    const copied = () => page.evaluate(() => (window as unknown as { copied: string[] }).copied[1]);
    await page.locator(".document").getByRole("button", { name: "Copy" }).click();
    await page.getByText("Copied.").first().waitFor();
    expect(await copied()).toContain('"copied text"');

    await page.getByRole("button", { name: "Copy shown lines" }).click();
    await until(async () => (await copied()) === "plain\ncoloured");
  });
});

describe("what is shown of a task", () => {
  it("is escaped, and has no secrets", async () => {
    const { site, open } = await opened();
    const task = await site.submit({
      title: hostile,
      payload: { note: hostile, password: "hunter2", headers: { Authorization: "Bearer abc.def" } },
      tags: [hostile.slice(0, 60)],
    });
    const worker = await PlayedWorker.start(site.store);
    const logTail = `API_KEY=sk-secret\n${hostile}`;
    const message = `${hostile} and Authorization: Bearer abc.def`;
    const failure = { ...exitCode, message, logTail };
    const claimed = await worker.claim();
    await worker.report(claimed, { logs: lines(1, () => "TOKEN=sk-secret") });
    await worker.settle(claimed, { kind: "failed", failure });

    const page = await open(task);

    expect(await page.locator("h1").innerText()).toBe(hostile);
    expect(await page.title()).not.toBe("owned");
    const content = await page.content();
    for (const secret of ["hunter2", "abc.def", "sk-secret"]) expect(content).not.toContain(secret);
    expect(await page.locator("img").count()).toBe(0);
    for (const name of ["input.json", "log.txt"]) {
      const file = await (await fetch(`${site.url}/tasks/${task.id}/${name}`)).text();
      expect(file).not.toMatch(/hunter2|abc\.def|sk-secret/);
    }
  });

  it("has nothing for axe to find, whatever its state, light and dark", async () => {
    const { site, open } = await opened();
    const { task } = await failed(site);
    const { task: runs, worker, claimed } = await running(site);
    const progress = { fraction: 0.5, message: "half", at: Date.now() };
    await worker.report(claimed, {
      logs: lines(50, (i) => `\u001b[3${i % 8}mline ${i}`),
      progress,
    });
    const waits = await site.submit({ after: [runs.id], tags: ["one"] });

    for (const colorScheme of ["light", "dark"] as const) {
      for (const one of [task, runs, waits]) {
        const page = await open(one, { colorScheme });
        expect(await accessFaults(page)).toEqual([]);
      }
    }
    const page = await open(waits);
    await page.getByRole("button", { name: "Cancel task" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await accessFaults(page)).toEqual([]);
  });

  it("needs no sideways scrolling at 320 px", async () => {
    const { site, open } = await opened();
    const { task } = await failed(site);
    const page = await open(task, { viewport: { width: 320, height: 700 } });

    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await accessFaults(page)).toEqual([]);
  });

  it("is told to be gone when there is no such task", async () => {
    const { stageOf } = await opened();
    const page = await stageOf.page("/tasks/none", {
      javaScriptEnabled: false,
      allowsErrors: true,
    });

    await page.getByText(/no task has the id none/i).waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      const options = { colorScheme, allowsErrors: true };
      const refused = await stageOf.page("/tasks", options);
      await refused.goto("/tasks/none");
      expect(await accessFaults(refused)).toEqual([]);
    }
  });
});

async function opened() {
  const stageOf = await stage.open();
  const { site } = stageOf;
  const open = (task: Task, options: PageOptions = {}) =>
    stageOf.page(`/tasks/${task.id}`, options);
  return { stageOf, site, open };
}

type Site = Awaited<ReturnType<typeof opened>>["site"];

async function failed(site: Site) {
  const task = await site.submit({ title: "fails", retry: once });
  const worker = await PlayedWorker.start(site.store);
  const failure = { ...exitCode, logTail: "make: *** \u001b[31mError 3\u001b[0m" };
  await worker.settle(await worker.claim(), { kind: "failed", failure });
  return { task, worker };
}

async function running(site: Site) {
  const task = await site.submit({ title: "runs" });
  const worker = await PlayedWorker.start(site.store);
  return { task, worker, claimed: await worker.claim() };
}

function lines(count: number, text: (index: number) => string): LogLine[] {
  const at = Date.now();
  return Array.from({ length: count }, (_, index) => ({ at, stream: "stdout", line: text(index) }));
}

/** Where the log stands once it has stopped gliding, also on a machine that draws late. */
async function restingTop(page: Page): Promise<number> {
  const read = () => page.locator("#log-frame").evaluate((frame) => frame.scrollTop);
  let before = await read();
  for (let same = 0; same < 5; ) {
    await page.waitForTimeout(100);
    const now = await read();
    same = now === before ? same + 1 : 0;
    before = now;
  }
  return before;
}

async function isAtEnd(page: Page): Promise<boolean> {
  return await page
    .locator("#log-frame")
    .evaluate((frame) => frame.scrollHeight - frame.scrollTop - frame.clientHeight < 24);
}
