import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClxError } from "../../src/domain/errors.ts";
import { createApp } from "../../src/server/create-app.ts";
import { defineRoute, type Route } from "../../src/server/route.ts";
import { ApiSite } from "../support/api-site.ts";
import { until } from "../support/until.ts";

let site: ApiSite;

beforeAll(async () => {
  site = await ApiSite.open({ bodyLimit: 10_000 });
});

afterAll(() => site.close());

const task = { type: "command", payload: { argv: ["true"] } };

describe("each request", () => {
  it("is answered with its id, the caller's own when it is sensible", async () => {
    const [own, made, refused] = await Promise.all([
      site.ask("GET /api/tasks", { headers: { "X-Request-Id": "mine-1" } }),
      site.ask("GET /api/tasks"),
      site.ask("GET /api/tasks", { headers: { "X-Request-Id": "not <mine>" } }),
    ]);

    expect(own.headers.get("x-request-id")).toBe("mine-1");
    expect(made.headers.get("x-request-id")).toMatch(/^[0-9a-z]{20}$/);
    expect(refused.headers.get("x-request-id")).toMatch(/^[0-9a-z]{20}$/);
  });

  it("may have a trailing slash, and HEAD is GET without the body", async () => {
    const slash = await site.ask("GET /api/tasks/");
    const head = await site.ask("HEAD /api/tasks");

    expect(slash.status).toBe(200);
    expect([head.status, head.text]).toEqual([200, ""]);
    expect(head.headers.get("content-type")).toContain("application/json");
  });

  it("has security headers on its answer, whatever it is", async () => {
    for (const what of ["GET /health", "GET /nothing", "POST /api/tasks"]) {
      const { headers } = await site.ask(what);

      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });
});

describe("what cannot be taken", () => {
  it("is told in the envelope: unknown paths", async () => {
    const { status, body } = await site.ask("GET /api/nothing");

    expect(status).toBe(404);
    expect(body.error).toMatchObject({ code: "not_found", statusCode: 404 });
  });

  it("wrong methods, with those there are", async () => {
    const { status, headers, body } = await site.ask("DELETE /api/tasks");

    expect(status).toBe(405);
    expect(headers.get("allow")?.split(", ").toSorted()).toEqual(["GET", "HEAD", "POST"]);
    expect(body.error.code).toBe("method_not_allowed");
  });

  it.each([
    ['{"type": "command",}', 'line 1, column 20 a name in quotes should follow, but there is "}"'],
    ["", "has no body"],
    ["{", "it ends there"],
    ['{"a":\n tru}', "line 2, column 2"],
    ["\u0000", "line 1, column 1"],
    ['{"payload": 1e999}', "cannot be kept exactly"],
    ['{"payload": 9007199254740993}', "send it as a string"],
    [`${"[".repeat(300)}${"]".repeat(300)}`, "nested more than 200 levels deep"],
    ["[]", "the body must be an object"],
    ["null", "the body must be an object"],
    ['"x"', "the body must be an object"],
  ])("bodies such as %.40j", async (body, words) => {
    const answer = await site.ask("POST /api/tasks", { body });

    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe("invalid_value");
    expect(answer.body.error.message).toContain(words);
  });

  it("bodies of another kind", async () => {
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };

    const { status, body } = await site.ask("POST /api/tasks", { body: "a=b", headers });

    expect([status, body.error.code]).toEqual([415, "unsupported_media_type"]);
  });

  it("bodies that say or turn out to be too large, the second without reading them whole", async () => {
    const declared = await site.ask("POST /api/tasks", {
      body: "{}",
      headers: { "Content-Length": "10001" },
    });
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(1_000).fill(32));
      },
    });
    const streamed = await site.app.request("/api/tasks", {
      method: "POST",
      body: endless,
      headers: { "Content-Type": "application/json" },
      duplex: "half",
    } as RequestInit);

    expect([declared.status, declared.body.error.code]).toEqual([413, "body_too_large"]);
    expect(streamed.status).toBe(413);
    expect(pulled).toBeLessThan(20);
  });

  it("each field that is wrong, with what it may be", async () => {
    const { body } = await site.ask("POST /api/tasks", {
      body: { ...task, priority: "high", retry: { on: "never" }, colour: "red" },
    });

    expect(body.error.fields).toEqual([
      { field: "priority", message: "must be a number" },
      { field: "retry.on", message: 'must be "infrastructure" or "any"' },
      { field: "body", message: 'has keys that are not known here: "colour"' },
    ]);
  });

  it("what may be of several kinds, with all of them", async () => {
    const { body } = await site.ask("GET /api/events/stream?after=then");

    expect(body.error.message).toMatch(/^after must be "now" or /);
  });
});

describe("a server that shuts down", () => {
  it("refuses new work, says when to come back, and still answers questions", async () => {
    const closing = await ApiSite.open();
    closing.closing.abort();

    const submitted = await closing.ask("POST /api/tasks", { body: task });
    const listed = await closing.ask("GET /api/tasks");
    await closing.close();

    expect([submitted.status, submitted.body.error.code]).toEqual([503, "shutting_down"]);
    expect(Number(submitted.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(listed.status).toBe(200);
  });
});

describe("the audit trail", () => {
  it("has who did what, and what was refused", async () => {
    const created = await site.ask("POST /api/tasks", { body: task });
    await site.ask("POST /api/tasks", { body: { type: 5 } });

    const events = await until(async () => {
      const found = await site.store.listEvents({ after: 0, limit: 1_000, types: ["audit"] });
      return found.some(({ data }) => data?.target === created.body.taskId) ? found : undefined;
    });

    expect(events.map(({ data }) => data)).toContainEqual(
      expect.objectContaining({
        ...{ actor: "local", role: "admin", action: "task.submit", outcome: "done", status: 202 },
        target: created.body.taskId,
      }),
    );
    expect(events.map(({ data }) => data)).toContainEqual(
      expect.objectContaining({
        action: "task.submit",
        outcome: "failed",
        reason: "invalid_value",
      }),
    );
  });
});

describe("a mishap of our own", () => {
  const failing = (tag: "service" | "pages", error: Error) =>
    defineRoute({
      ...{ method: "GET", path: "/fails", name: "fails", summary: "Fails", needs: "public", tag },
      answers: {},
      handle() {
        throw error;
      },
    });
  const ask = async (route: Route) =>
    await createApp(site.server, [route]).request("/fails", { headers: { "X-Request-Id": "r-1" } });

  it("is a 500 that tells nothing of the inside, and is logged in full with the request's id", async () => {
    const response = await ask(failing("service", new Error("secret at /srv/secret")));

    const { error } = (await response.json()) as { error: object };
    expect(response.status).toBe(500);
    expect(error).toMatchObject({ code: "internal", statusCode: 500, requestId: "r-1" });
    expect(JSON.stringify(error)).not.toContain("secret");
    expect(site.told.at(-1)).toMatchObject({
      level: "error",
      message: expect.stringMatching(
        /^GET \/fails failed \(request r-1\): Error: secret at \/srv\/secret\n/,
      ),
      facts: { requestId: "r-1", code: "internal" },
    });
  });

  it("of the store says in general words what it is, and when to come back", async () => {
    const busy = new ClxError("store_busy", "/srv/secret/clx.db is locked");
    const response = await ask(failing("service", busy));

    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, error.code]).toEqual([503, "store_busy"]);
    expect(error.message).not.toContain("secret");
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("is a page for whoever looks at pages", async () => {
    const response = await ask(failing("pages", new Error("secret")));

    const text = await response.text();
    expect(response.status).toBe(500);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(text).toContain("Something went wrong");
    expect(text).toContain("r-1");
    expect(text).not.toContain("secret");
  });
});
