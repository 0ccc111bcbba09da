import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { useBrowser } from "../support/browser.ts";
import { type ServedClx, ServerSite } from "../support/server.ts";
import { until } from "../support/until.ts";
import { accessFaults } from "./page-stage.ts";

const browser = useBrowser();

/**
 * Another application of the same site: it has a page of its own with the panel in it, fetched on
 * the server's side, and passes on what it does not know.
 */
async function serveForeignSite(server: ServedClx): Promise<string> {
  const target = new URL(server.url);
  const foreign = createServer((incoming, outgoing) => {
    if (incoming.url === "/favicon.ico") outgoing.writeHead(204).end();
    else if (incoming.url === "/admin/") void answerPage(server, outgoing);
    else passOn(target, incoming, outgoing);
  });
  await new Promise<void>((resolve) => foreign.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    foreign.closeAllConnections();
    foreign.close();
  });
  return `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
}

async function answerPage(server: ServedClx, outgoing: ServerResponse): Promise<void> {
  const fragment = await (await server.fetch("/htmx/workers/status/")).text();
  outgoing.setHeader("Content-Type", "text/html; charset=utf-8");
  outgoing.end(
    `<!doctype html><html lang="en"><title>Admin</title><body><main><h1 id="theirs">Admin</h1><p class="muted">Theirs</p>${fragment}</main></body></html>`,
  );
}

function passOn(target: URL, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, headers } = incoming;
  const onward = request(
    { hostname: target.hostname, port: target.port, path: url, method, headers },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  onward.on("error", () => outgoing.destroy());
  incoming.pipe(onward);
}

async function embedded(env: Readonly<Record<string, string>> = {}) {
  const server = await new ServerSite().serve("managed", {
    args: ["--worker-count", "0", "--command-workers", "1"],
    env,
  });
  await until(async () => {
    const { healthy } = await server.get<{ healthy: boolean }>("/api/workers");
    return healthy;
  });
  const page = await browser.visit("about:blank");
  await page.clock.install();
  await page.goto(`${await serveForeignSite(server)}/admin/`);
  return { server, page, rows: page.locator("#workers-table tbody tr") };
}

describe("the panel of workers in a page that is not ours", () => {
  it("has our look inside, and leaves the rest of the page alone", async () => {
    const { page } = await embedded();

    await page.locator("#workers-table .badge", { hasText: "RUNNING" }).waitFor();
    const size = (selector: string) =>
      page.evaluate(`getComputedStyle(document.querySelector("${selector}")).fontSize`);
    expect(await size("#theirs")).toBe("32px");
    expect(await size(".clx-panel")).toBe("14px");
    const faults = await accessFaults(page);
    expect(faults.filter((fault) => !fault.includes("Theirs"))).toEqual([]);
  });

  it("follows what happens, as long as it is not collapsed", async () => {
    const { page, server, rows } = await embedded();
    const [worker] = (await server.get<{ workers: { pid: number }[] }>("/api/workers")).workers;

    process.kill(worker?.pid ?? 0, "SIGKILL");

    await page.locator("#ended-table").getByText("SIGKILL").waitFor();
    await rows.filter({ hasText: "RUNNING" }).waitFor();
    await page.locator(".clx-panel summary").click();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.clock.runFor(20_000);
    expect(asked).toEqual([]);
  });

  it("tells a refusal inside, and adds the worker when told to start it anyway", async () => {
    const { page, rows } = await embedded({ WORKER_MAX_COUNT: "1" });

    await page.getByRole("button", { name: /^Add worker/ }).click();
    const question = page.getByRole("dialog", { name: "The cap for added workers is reached" });
    await question.waitFor();
    await question.getByText(/raise it or start it anyway/).waitFor();
    await question.getByRole("button", { name: "Start anyway" }).click();

    await rows.nth(1).waitFor();
    await page.locator(".clx-panel .notice").getByText("was added").waitFor();
  });

  it("drains and aborts, and is told what cannot be done", async () => {
    const { page, server, rows } = await embedded();

    await page.getByRole("button", { name: "Abort worker-0" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Abort worker-0" }).click();
    await page.locator("#ended-table").getByText("aborted by hand").waitFor();
    await rows.waitFor({ state: "detached" });

    const refused = await server.fetch("/htmx/workers/abort/nobody/", { method: "POST" });
    expect(refused.status).toBe(200);
    expect(await refused.text()).toContain("Abort requires confirmation");
    const unknown = await server.fetch("/htmx/workers/abort/nobody/?confirm=yes", {
      method: "DELETE",
    });
    expect(await unknown.text()).toContain("No worker has the id nobody");
    const forced = await server.fetch("/htmx/workers/add/?force=true", { method: "POST" });
    expect(await forced.text()).toContain("was added");
  });
});
