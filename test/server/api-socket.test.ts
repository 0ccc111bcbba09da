import { connect as openSocket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../src/client/connect.ts";
import { type Listener, listen } from "../../src/server/listen.ts";
import { ApiSite } from "../support/api-site.ts";

/** What only real sockets show. */
let site: ApiSite;
let listener: Listener;

beforeAll(async () => {
  site = await ApiSite.open({ bodyLimit: 10_000 });
  listener = await listen({ host: "127.0.0.1", port: 0, fetch: site.app.fetch });
});

afterAll(async () => {
  await site.server.feed.close();
  await listener.close({ graceMs: 0 });
  await site.close();
});

/** Sends bytes as they are, and resolves with all that comes back until the other side closes. */
function say(...parts: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    const socket = openSocket(listener.port, "127.0.0.1");
    socket.on("data", (chunk) => {
      heard += chunk.toString();
    });
    socket.on("error", () => resolve(heard));
    socket.on("close", () => resolve(heard));
    for (const part of parts) socket.write(part);
  });
}

const head = "Host: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n";

describe("over a socket", () => {
  it("a body that says it is too large is refused before it is sent", async () => {
    const heard = await say(`POST /api/tasks HTTP/1.1\r\n${head}Content-Length: 99999999\r\n\r\n{`);

    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
    expect(heard).toContain("body_too_large");
  });

  it("a body without end is refused as soon as it is too large", async () => {
    const chunk = `400\r\n${" ".repeat(1_024)}\r\n`;

    const heard = await say(
      `POST /api/tasks HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n`,
      ...Array<string>(50).fill(chunk),
    );

    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
  });

  it.each([
    ["a target that is no path", "GET * HTTP/1.1"],
    ["two slashes", "GET //api//tasks HTTP/1.1"],
    ["dots", "GET /api/../../etc/passwd HTTP/1.1"],
    ["broken escapes", "GET /api/tasks/%zz%00%ff HTTP/1.1"],
    ["a method of its own", "PROPFIND /api/tasks HTTP/1.1"],
    ["TRACE", "TRACE /api/tasks HTTP/1.1"],
    ["OPTIONS", "OPTIONS /api/tasks HTTP/1.1"],
  ])("%s is refused, and the server lives on", async (_, line) => {
    const heard = await say(`${line}\r\n${head}\r\n`);
    const after = await site.ask("GET /api/queue/stats");

    expect(heard).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(heard).not.toMatch(/\bat \S+ \(|node_modules/);
    expect(after.status).toBe(200);
  });

  it("another machine's name as Host is refused while no key is in force", async () => {
    const heard = await say(
      "GET /api/tasks HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    );

    expect(heard).toMatch(/^HTTP\/1\.1 403 /);
  });

  it("who waits for a task and leaves is waited for no longer", async () => {
    const clx = connect({ url: listener.url, retries: 0 });
    const leaving = new AbortController();
    const task = { type: "own", payload: null, options: { async: false }, allowUnknownType: true };
    const waiting = clx.submit(task, { signal: leaving.signal });
    await expect.poll(() => site.server.feed.listeners).toBe(1);
    leaving.abort(new Error("gone"));

    await expect(waiting).rejects.toThrow("gone");
    await expect.poll(() => site.server.feed.listeners).toBe(0);
  });

  it("HEAD of a stream ends, and leaves no listener behind", async () => {
    const heard = await say(`HEAD /api/events/stream HTTP/1.1\r\n${head}\r\n`);

    expect(heard).toMatch(/^HTTP\/1\.1 200 /);
    await expect.poll(() => site.server.feed.listeners).toBe(0);
  });
});
