import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { defaultRetry } from "../../src/domain/task.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { useStage } from "./page-stage.ts";

const stage = useStage();

describe("what is to be pressed", () => {
  it.each([1280, 360])("is at least 24 pixels high and wide, at %d", async (width) => {
    const stageOf = await stage.open();
    const { site } = stageOf;
    const worker = await PlayedWorker.start(site.store, { id: "played" });
    const task = await site.submit({ title: "fails", retry: { ...defaultRetry, maxAttempts: 1 } });
    const failure = { kind: "exit_code", message: "it ended", exitCode: 3 } as const;
    await worker.settle(await worker.claim(), { kind: "failed", failure });
    await site.submitMany(3, { title: "waits", after: [(await site.submit()).id] });
    await worker.claim();

    const paths = ["/", "/tasks", `/tasks/${task.id}`, "/workers", "/workers/played"];
    for (const path of [...paths, "/events", "/settings"]) {
      const page = await stageOf.page(path, { viewport: { width, height: 800 } });
      expect(await tooSmall(page), path).toEqual([]);
    }
  });
});

/** A label, or the cell of a box, is pressed like it. Links in the middle of a sentence are as high as its words. */
async function tooSmall(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const all = document.querySelectorAll("a, button, input:not([type=hidden]), select, summary");
    return [...all]
      .filter((one) => one.checkVisibility() && !one.matches(".skip"))
      .filter((one) => !one.closest("p:not(.need, .crumbs), dd, .reason") || one.matches("button"))
      .flatMap((one) => {
        const pressed = one.closest("label, .col-tick") ?? one;
        const { width, height } = pressed.getBoundingClientRect();
        const isFine = width <= 1 || (width > 23.5 && height > 23.5);
        return isFine ? [] : [`${one.outerHTML.slice(0, 160)} ${width} × ${height}`];
      });
  });
}
