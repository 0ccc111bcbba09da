import type { Route } from "playwright-core";
import { describe, expect, it } from "vitest";
import { makeKey, revokeKey } from "../../src/server/gate/keys.ts";
import { useBrowser, type VisitOptions } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";
import { PlayedWorker } from "../support/played-worker.ts";
import { ServerSite } from "../support/server.ts";
import { live, useStage } from "./page-stage.ts";

const stage = useStage();
const browser = useBrowser();

describe("a page that is open", () => {
  it("has one stream, whatever it shows", async () => {
    const { site } = await stage.open();
    const streams: string[] = [];
    const page = await browser.visit("about:blank");
    page.on("request", (request) => {
      if (new URL(request.url()).pathname === "/stream") streams.push(request.url());
    });

    await page.goto(site.url);
    await live(page);
    await site.submitMany(3);
    await page.locator("#attention").getByText("3 command tasks wait").waitFor();

    expect(streams).toHaveLength(1);
  });

  it("says since when the server is away, and catches up when it is back", async () => {
    const site = new ServerSite();
    const port = String(await freePort());
    const first = await site.serve("standalone", { args: ["--port", port] });
    const page = await browser.visit(first.url, { allowsFailedLoads: true });
    await live(page);

    first.running.kill("SIGKILL");
    await first.running.end;
    await page.getByText(/^Disconnected since \d\d:\d\d, retrying$/).waitFor();
    const store = await site.store();
    await PlayedWorker.start(store, { id: "came-meanwhile" });
    await site.serve("standalone", { args: ["--port", port] });

    await live(page);
    await page.locator("#attention").getByText("1 live worker,").waitFor();
  });

  it("asks for a key when the one it was opened with is revoked", async () => {
    const { page, revoked } = await refusedStream();

    await revoked();

    await page.getByText("Your sign-in has ended.").waitFor();
    expect(await page.locator("main input[type=password]").count()).toBe(1);
  });

  it("keeps what was being written when its key is revoked, and says so", async () => {
    const { page, revoked } = await refusedStream();
    await page.getByLabel("Text", { exact: true }).fill("half a word");

    await revoked();

    await page.getByRole("alert").getByText("Your sign-in has ended.").waitFor();
    expect(await page.getByLabel("Text", { exact: true }).inputValue()).toBe("half a word");
  });

  it("leaves alone what somebody has selected, and catches up afterwards", async () => {
    const { site, page } = await opened();
    await page.goto(`${site.url}/`);
    await live(page);
    const strip = page.locator("#attention");
    await page.evaluate("getSelection().selectAllChildren(document.querySelector('#attention'))");

    await site.submit();
    await page.locator(".state-counts .pending .count", { hasText: "1" }).waitFor();
    expect(await strip.innerText()).toContain("Nothing needs you");
    expect(await page.evaluate("getSelection().toString()")).toContain("Nothing needs you");

    await page.evaluate("getSelection().removeAllRanges()");
    await strip.getByText("1 command task waits").waitFor();
  });

  it("keeps open sections, focus and scroll while it is updated", async () => {
    const { site, page } = await opened();
    await page.setViewportSize({ width: 900, height: 400 });
    await page.goto(`${site.url}/`);
    await live(page);
    await page.locator("#ended-chart summary").click();
    await page.evaluate("scrollTo(0, 200)");
    const place = "document.querySelector('#ended-chart summary').getBoundingClientRect().top";
    const before = await page.evaluate(place);

    await site.submitMany(2);
    await page.locator("#pools-table").getByText("command").waitFor();
    await page.keyboard.press("r");
    await page.locator("#announcer", { hasText: "Refreshed." }).waitFor({ state: "attached" });

    expect(await page.locator("#ended-chart details").getAttribute("open")).not.toBeNull();
    expect(await page.evaluate("document.activeElement.tagName")).toBe("SUMMARY");
    expect(await page.evaluate(place)).toBe(before);
  });

  it("is paused by a key or a button, and says so", async () => {
    const { site, page } = await opened();
    await page.goto(`${site.url}/`);
    await live(page);

    await page.keyboard.press("p");
    await page.getByText("Updates paused").first().waitFor();
    await site.submit();
    await page.reload();
    await page.locator('#connection[data-is="paused"]').waitFor();
    await site.submit();
    await page.getByRole("button", { name: "Resume" }).click();

    await page.locator(".state-counts .pending .count", { hasText: "2" }).waitFor();
    await live(page);
  });

  it("reads out what changed in one polite region, and not what was there at first", async () => {
    const { site, page } = await opened();
    await page.goto(`${site.url}/`);
    await live(page);
    const announcer = page.locator("#announcer");
    expect(await announcer.getAttribute("aria-live")).toBe("polite");
    expect(await announcer.innerText()).toBe("");

    await site.submit();

    await announcer.getByText("1 command task waits").waitFor({ state: "attached" });
    expect(await page.locator("[aria-live]").count()).toBe(1);
  });

  it("tells exact times where they are copied", async () => {
    const { site, page } = await opened();
    await site.submit({ title: "long one" });
    await (await PlayedWorker.start(site.store)).claim();
    await page.goto(`${site.url}/`);
    await live(page);

    const copied = await page.evaluate(`(() => {
      getSelection().selectAllChildren(document.querySelector("#longest-running"));
      const data = new DataTransfer();
      document.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, cancelable: true }));
      return data.getData("text/plain");
    })()`);

    expect(copied).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
  });

  it("names a clock that is wrong, and tells ages by the server's", async () => {
    const { site, page } = await opened();
    await site.submit({ title: "long one" });
    await (await PlayedWorker.start(site.store)).claim();
    await page.clock.install({ time: Date.now() + 3_600_000 });
    await page.goto(`${site.url}/`);
    await live(page);

    const told = await page.locator("#skew").innerText();
    expect(told).toMatch(/^This browser's clock is (59m \d+s|1h.*) ahead of the server's/);
    expect(await page.locator("#longest-running time").first().innerText()).toMatch(/^\d+s$/);
  });
});

/** A page of an operator, whose stream waits to be answered until its key was revoked. */
async function refusedStream() {
  const { site, page } = await opened({ allowsFailedLoads: true });
  const { access } = site.store;
  await makeKey({ access, name: "keeper", role: "admin", now: Date.now() });
  const made = await makeKey({ access, name: "anna", role: "operator", now: Date.now() });
  site.server.gate.keysChanged();
  await page.goto(`${site.url}/sign-in`);
  await page.locator("input[type=password]").fill(made.secret);
  await page.locator("main button[type=submit]").click();
  await page.locator(".who .role", { hasText: "operator" }).waitFor();
  const held = Promise.withResolvers<Route>();
  await page.route("**/stream?*", (route) => held.resolve(route), { times: 1 });
  await page.goto(`${site.url}/tasks`);
  const stream = await held.promise;
  const revoked = async () => {
    await revokeKey({ access, nameOrId: "anna", now: Date.now() });
    site.server.gate.keysChanged();
    await stream.continue();
  };
  return { page, revoked };
}

async function opened(options: VisitOptions = {}) {
  const { site } = await stage.open();
  return { site, page: await browser.visit("about:blank", options) };
}
