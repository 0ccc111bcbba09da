import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { defaultRetry } from "../../src/domain/task.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { useStage } from "./page-stage.ts";

const stage = useStage();
const pages = ["/", "/tasks", "/workers", "/events", "/settings"];
/** A folder for pictures, for whoever wants to look at them. */
const pictures = process.env.CLX_TEST_PICTURES;

describe.each(["light", "dark"] as const)("in shades of grey, %s,", (colorScheme) => {
  it("each state is told by a shape and a word of its own, dark enough to be read", async () => {
    const { site, open } = await opened();
    const taskPages = await fill(site);

    for (const path of [...pages, ...taskPages]) {
      const page = await open(path, { colorScheme });
      await inGrey(page);
      const name = `${colorScheme}-${path.replaceAll("/", "_")}.png`.slice(0, 60);
      const picture = await page.screenshot({
        fullPage: true,
        ...(pictures !== undefined && { path: join(pictures, name) }),
      });
      expect(await coloursOf(page, picture)).toBe(0);
      const marks = await marksOf(page);
      for (const { word, glyph, contrast } of marks) {
        expect.soft(glyph, `${path}: ${word}`).not.toBe("");
        expect.soft(word, path).not.toBe("");
        expect.soft(contrast, `${path}: ${glyph} ${word}`).toBeGreaterThanOrEqual(4.4);
      }
    }

    const tasks = await open("/tasks", { colorScheme });
    const shapes = new Map((await marksOf(tasks)).map(({ word, glyph }) => [word, glyph]));
    expect([...shapes.keys()].sort()).toEqual(
      ["blocked", "cancelled", "completed", "due", "failed", "pending", "running"].sort(),
    );
    expect(new Set(shapes.values()).size).toBe(shapes.size);
  });

  it("two curves of a chart, and attempts that ended well or not, are drawn otherwise", async () => {
    const { site, open } = await opened();
    const [failedOnce = ""] = await fill(site);

    const overview = await open("/", { colorScheme });
    const dashes = await overview
      .locator("#ended-chart .plot g .line")
      .evaluateAll((all) => all.map((line) => getComputedStyle(line).strokeDasharray));
    expect(dashes).toHaveLength(2);
    expect(new Set(dashes).size).toBe(2);
    const task = await open(failedOnce, { colorScheme });
    const fills = await task
      .locator(".attempt-strip rect:not(.waits)")
      .evaluateAll((all) => all.map((one) => getComputedStyle(one).stroke === "none"));
    expect(fills).toEqual([false, true]);
  });
});

type Site = Awaited<ReturnType<typeof opened>>["site"];

async function opened() {
  const stageOf = await stage.open();
  return { site: stageOf.site, open: stageOf.page.bind(stageOf) };
}

/** A task and a worker in each state; returns the pages of some. */
async function fill(site: Site): Promise<string[]> {
  const worker = await PlayedWorker.start(site.store, { id: "does-most" });
  const again = await site.submit({
    title: "failed once",
    retry: { ...defaultRetry, on: "any", maxAttempts: 2, backoffMs: 0 },
  });
  const failure = { kind: "exit_code", message: "it ended with exit code 3", exitCode: 3 } as const;
  await worker.settle(await worker.claim(), { kind: "failed", failure });
  await site.store.retry({ taskId: again.id, now: Date.now() }).catch(() => {});
  await worker.settle(await worker.claim(), { kind: "completed", result: { ok: true } });
  const failed = await site.submit({ title: "failed", retry: { ...defaultRetry, maxAttempts: 1 } });
  await worker.settle(await worker.claim(), { kind: "failed", failure });
  const running = await site.submit({ title: "running" });
  await worker.claim();
  const blocked = await site.submit({ title: "blocked", after: [running.id] });
  await site.submit({ title: "later", runAt: Date.now() + 3_600_000 });
  await site.submit({ title: "pending" });
  const cancelled = await site.submit({ title: "cancelled" });
  await site.store.cancel({ taskId: cancelled.id, reason: "not wanted", now: Date.now() });
  await PlayedWorker.start(site.store, { id: "is-idle" });
  const draining = await PlayedWorker.start(site.store, { id: "is-draining" });
  await site.store.changeWorker({ workerId: draining.id, event: "drain", now: Date.now() });
  const hung = await PlayedWorker.start(site.store, { id: "is-hung" });
  await site.store.changeWorker({ workerId: hung.id, event: "hang", now: Date.now() });
  const dead = await PlayedWorker.start(site.store, { id: "is-dead" });
  await site.store.endWorker({
    ...{ workerId: dead.id, event: "leave", ending: { reason: "drained" } },
    ...{ tasks: { kind: "released" }, now: Date.now(), jitter: 0 },
  });
  return [again, failed, blocked].map(({ id }) => `/tasks/${id}`);
}

async function inGrey(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setEmulatedVisionDeficiency", { type: "achromatopsia" });
}

/** How many points of a picture have a colour; beside the page is what its browser paints. */
async function coloursOf(page: Page, picture: Buffer): Promise<number> {
  const width = await page.evaluate(() => Math.floor(document.body.getBoundingClientRect().width));
  const blank = await page.context().newPage();
  const count = await blank.evaluate(
    async ({ data, width }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext("2d");
      context?.drawImage(image, 0, 0);
      const { data: points = [] } = context?.getImageData(0, 0, width, image.height) ?? {};
      let coloured = 0;
      for (let at = 0; at < points.length; at += 4) {
        const [red = 0, green = 0, blue = 0] = [points[at], points[at + 1], points[at + 2]];
        if (Math.max(red, green, blue) - Math.min(red, green, blue) > 2) coloured++;
      }
      return coloured;
    },
    { data: picture.toString("base64"), width },
  );
  await blank.close();
  return count;
}

/** Each mark of a state, and how its shade of grey stands against what is behind it. */
async function marksOf(page: Page) {
  return await page.evaluate(() => {
    const numbers = (colour: string) => {
      const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
      if (context === null) return [0, 0, 0, 0];
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data];
    };
    const luminance = (colour: string) => {
      const [red = 0, green = 0, blue = 0] = numbers(colour).map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const behind = (element: Element): string => {
      for (let at: Element | null = element; at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at);
        if (numbers(backgroundColor)[3] === 255) return backgroundColor;
      }
      return "white";
    };
    return [...document.querySelectorAll("main .badge, main .flag")].map((one) => {
      const [a = 0, b = 0] = [luminance(getComputedStyle(one).color), luminance(behind(one))];
      return {
        glyph: one.querySelector(".glyph")?.textContent ?? "",
        word: (one.querySelector(".word") ?? one.lastChild)?.textContent?.split(" ")[0] ?? "",
        contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05),
      };
    });
  });
}
