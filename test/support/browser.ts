import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";

/**
 * One real browser for all tests of a file. Each visit has a context of its own, closed with its
 * test; a page fails its test for whatever its console calls an error, a script that throws and a
 * breach of the content policy among them.
 */
export function useBrowser(): { visit(url: string, options?: VisitOptions): Promise<Page> } {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    });
  });
  afterAll(async () => {
    await browser.close();
  });
  return { visit: async (url, options = {}) => await visit(browser, url, options) };
}

export interface VisitOptions extends BrowserContextOptions {
  /** For tests in which the server is away, or refuses. */
  readonly allowsFailedLoads?: boolean;
  readonly before?: (context: BrowserContext) => Promise<unknown>;
}

async function visit(browser: Browser, url: string, options: VisitOptions): Promise<Page> {
  const { allowsFailedLoads = false, before, ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...rest });
  const errors: string[] = [];
  onTestFinished(async () => {
    await context.close();
    expect(errors).toEqual([]);
  });
  await before?.(context);
  const page = await context.newPage();
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    const isLoad = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !(allowsFailedLoads && isLoad)) errors.push(message.text());
  });
  await page.goto(url);
  return page;
}

/** Debian's Chromium, or the one that the path has. */
function findChromium(): string {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)];
  const found = [process.env.CHROMIUM_PATH, ...folders.map((folder) => join(folder, "chromium"))]
    .filter((path) => path !== undefined)
    .find((path) => existsSync(path));
  if (found === undefined)
    throw new Error('these tests need Chromium: "apt-get install chromium", or set CHROMIUM_PATH');
  return found;
}
