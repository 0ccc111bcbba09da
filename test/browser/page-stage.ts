import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import type { Role } from "../../src/domain/role.ts";
import { makeKey } from "../../src/server/gate/keys.ts";
import { type LiveSite, openLiveSite } from "../server/live-site.ts";
import { bestOf } from "../support/best-of.ts";
import { useBrowser, type VisitOptions } from "../support/browser.ts";

export interface PageOptions extends VisitOptions {
  /** For tests of refusals, which browsers tell as errors. */
  readonly allowsErrors?: boolean;
}

type Visit = (url: string, options?: VisitOptions) => Promise<Page>;

/** A real server on a real store, and a real browser in front of it. */
export class PageStage {
  readonly site: LiveSite;
  readonly #visit: Visit;

  private constructor(site: LiveSite, visit: Visit) {
    this.site = site;
    this.#visit = visit;
  }

  static async open(visit: Visit): Promise<PageStage> {
    return new PageStage(await openLiveSite({ sampleEveryMs: 200 }), visit);
  }

  /** Resolves once the page is live. */
  async page(path: string, options: PageOptions = {}): Promise<Page> {
    const { allowsErrors = false, ...rest } = options;
    const { url: baseURL } = this.site;
    const visit = { baseURL, allowsFailedLoads: allowsErrors, ...rest };
    const page = await this.#visit(new URL(path, baseURL).href, visit);
    if (rest.javaScriptEnabled !== false) await live(page);
    return page;
  }

  /** A page of somebody who has signed in with a key of that role. */
  async pageOf(role: Role, path: string, options: PageOptions = {}): Promise<Page> {
    const { store, server } = this.site;
    const name = `${role} ${newId(Date.now()).slice(-6)}`;
    const { secret } = await makeKey({ access: store.access, name, role, now: Date.now() });
    server.gate.keysChanged();
    const door = await this.page("/sign-in", { javaScriptEnabled: false });
    await door.locator("input[type=password]").fill(secret);
    await door.locator("main button[type=submit]").click();
    const cookies = await door.context().cookies();
    expect(cookies.length).toBeGreaterThan(0);
    const before: VisitOptions["before"] = async (context) => await context.addCookies(cookies);
    return await this.page(path, { ...options, before });
  }
}

/** Opens a stage for each test, and one browser for all of a file. */
export function useStage(): { open(): Promise<PageStage> } {
  const { visit } = useBrowser();
  return { open: () => PageStage.open(visit) };
}

/** Resolves once the page hears of what changes. */
export async function live(page: Page): Promise<void> {
  await page.locator('#connection[data-is="live"]').waitFor();
}

/** Milliseconds in which a page is there at best: loaded again until that is less than wanted. */
export async function quickestLoad(page: Page, wantedMs: number): Promise<number> {
  return await bestOf(wantedMs, async () => {
    await page.reload();
    await live(page);
    const duration = await page.evaluate(
      () => performance.getEntriesByType("navigation")[0]?.duration,
    );
    return duration ?? Infinity;
  });
}

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** What axe finds wrong, as rule and element. */
export async function accessFaults(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axe, "utf8"));
  const { violations } = (await page.evaluate("axe.run(document)")) as AxeResults;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** How many pixels of the page one would have to scroll sideways for. */
export async function overflow(page: Page): Promise<number> {
  return await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}
