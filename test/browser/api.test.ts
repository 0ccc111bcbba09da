import { expect, it } from "vitest";
import { openLiveSite } from "../server/live-site.ts";
import { useBrowser } from "../support/browser.ts";
import { accessFaults, overflow } from "./page-stage.ts";

const browser = useBrowser();

it.each([
  { width: 390, colorScheme: "dark" },
  { width: 1280, colorScheme: "light" },
] as const)(
  "the API can be read at $width pixels, $colorScheme, opened and closed",
  async (how) => {
    const { url } = await openLiveSite();
    const viewport = { width: how.width, height: 900 };
    const page = await browser.visit(`${url}/api/docs`, { viewport, colorScheme: how.colorScheme });

    await page.locator("#submitTask > summary").click();
    await page.locator("#shape-Task > summary").press("Enter");

    expect(await page.locator("#submitTask table").first().innerText()).toContain("priority");
    expect(await page.locator("#shape-Task table").innerText()).toContain("taskId");
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await accessFaults(page)).toEqual([]);
  },
);
