import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import type { Role } from "../../src/domain/role.ts";
import { makeKey } from "../../src/server/gate/keys.ts";
import { type LiveSite, openLiveSite } from "../server/live-site.ts";

export interface PageOptions extends BrowserContextOptions {
  /** For tests of refusals, which browsers tell as errors. */
  readonly allowsErrors?: boolean;
}

/**
 * A real server on a real store, and a real browser in front of it. A page fails its test for
 * whatever its console calls an error: a script that throws, something that the content policy
 * forbids, a file that is not there.
 */
export class PageStage {
  readonly site: LiveSite;
  readonly #browser: Browser;

  private constructor(site: LiveSite, browser: Browser) {
    this.site = site;
    this.#browser = browser;
  }

  static async open(browser: Browser): Promise<PageStage> {
    return new PageStage(await openLiveSite({ sampleEveryMs: 200 }), browser);
  }

  async page(path: string, options: PageOptions = {}): Promise<Page> {
    const { allowsErrors = false, ...rest } = options;
    const context = await this.#browser.newContext({
      baseURL: this.site.url,
      viewport: { width: 1280, height: 900 },
      ...rest,
    });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    onTestFinished(async () => {
      await context.close();
      if (!allowsErrors) expect(errors).toEqual([]);
    });
    await page.goto(path);
    if (rest.javaScriptEnabled !== false) await live(page);
    return page;
  }

  /** A page of somebody who has signed in with a key of that role. */
  async pageOf(role: Role, path: string, options: PageOptions = {}): Promise<Page> {
    const { store, server } = this.site;
    const name = `${role} ${newId(Date.now()).slice(-6)}`;
    const { secret } = await makeKey({ access: store.access, name, role, now: Date.now() });
    server.gate.keysChanged();
    const page = await this.page("/sign-in", { ...options, javaScriptEnabled: false });
    await page.locator("input[type=password]").fill(secret);
    await page.locator("main button[type=submit], form button[type=submit]").first().click();
    const [cookies, url] = [await page.context().cookies(), page.url()];
    expect(cookies.length, url).toBeGreaterThan(0);
    const signedIn = await this.page("about:blank", { ...options });
    await signedIn.context().addCookies(cookies);
    await signedIn.goto(path);
    return signedIn;
  }
}

/** Opens a stage for each test, and one browser for all of a file. */
export function useStage(): { open(): Promise<PageStage> } {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
      args: ["--no-sandbox"],
    });
  });
  afterAll(async () => {
    await browser.close();
  });
  return { open: () => PageStage.open(browser) };
}

/** Resolves once the page hears of what changes. */
export async function live(page: Page): Promise<void> {
  if (page.url() === "about:blank") return;
  await page.locator('#connection[data-is="live"]').waitFor();
}

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { html: string }[];
  }[];
}

/** What axe finds wrong, as rule and element. */
export async function accessFaults(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = (await page.evaluate("axe.run(document)")) as AxeResults;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** How many pixels of the page one would have to scroll sideways for. */
export async function overflow(page: Page): Promise<number> {
  return await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}
