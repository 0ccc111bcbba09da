import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { roles } from "../../src/domain/role.ts";
import type { Route } from "../../src/server/route.ts";
import { allRoutes } from "../../src/server/routes.ts";
import { openScene, samples } from "../support/api-samples.ts";
import { type Answered, ApiSite } from "../support/api-site.ts";
import { fieldNames } from "../support/field-names.ts";
import { hostileTexts } from "../support/hostile.ts";
import { faultsOf } from "../support/json-schema.ts";

/** What the table promises, tried on each of its routes; nobody has to remember a new one. */

const api = allRoutes.filter(({ tag }) => tag !== "pages");
const named = (routes: readonly Route[]) =>
  routes.map((route) => [`${route.method} ${route.path}`, route] as const);
const needsBody = ({ body, bodyIsOptional }: Route) => body !== undefined && !bodyIsOptional;
const hasId = ({ path }: Route) => path.includes(":id");
const noSuch = (route: Route) => route.path.replaceAll(/:\w+/g, "no-such-thing");
const isStream = ({ answers }: Route) => answers[200]?.media === "text/event-stream";

let document: {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: { readonly Error: object } };
};

interface Operation {
  readonly operationId: string;
  readonly responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}

let quiet: ApiSite;

beforeAll(async () => {
  quiet = await ApiSite.open({ bodyLimit: 65_536 });
  document = (await quiet.ask("GET /api/openapi.json")).body;
});

afterAll(() => quiet.close());

function expectEnvelope(answer: Answered, status: number | readonly number[]): void {
  expect([status].flat()).toContain(answer.status);
  expect(answer.body?.error?.statusCode).toBe(answer.status);
  const schema = document.components.schemas.Error as Parameters<typeof faultsOf>[0];
  expect(faultsOf(schema, answer.body, { document })).toEqual([]);
}

describe("the table of routes", () => {
  it("names each route once, gives each change an action, and each read none", () => {
    const names = allRoutes.map(({ name }) => name);
    const places = allRoutes.map(({ method, path }) => `${method} ${path.replace(/\/$/, "")}`);
    const changes = allRoutes.filter(({ method }) => method !== "GET");

    expect(names).toEqual([...new Set(names)]);
    expect(places).toEqual([...new Set(places)]);
    expect(changes.filter(({ action }) => action === undefined)).toEqual([]);
    expect(allRoutes.filter(({ method, action }) => method === "GET" && action)).toEqual([]);
  });

  it("leaves nothing public but what is meant for anybody", () => {
    const open = allRoutes.filter(({ needs }) => needs === "public").map(({ path }) => path);

    expect(open.toSorted()).toEqual(
      [
        "/api/docs",
        "/api/openapi.json",
        "/assets/:name",
        "/health",
        "/ready",
        ...["/sign-in", "/sign-in", "/sign-out"],
      ].toSorted(),
    );
  });

  it("is whole in the OpenAPI document, and a sample is there for each route", () => {
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    const told = operations.map(({ operationId }) => operationId);

    expect(told.toSorted()).toEqual(api.map(({ name }) => name).toSorted());
    expect(Object.keys(samples).toSorted()).toEqual(told.toSorted());
  });
});

describe("the OpenAPI document", () => {
  it("refers to nothing that is not in it, and names every parameter of a path", () => {
    const text = JSON.stringify(document);
    const refs = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, one]) => one);
    const schemas = Object.keys(document.components.schemas);
    const known = schemas.map((name) => `#/components/schemas/${name}`);

    expect(refs.filter((one) => !known.includes(one ?? ""))).toEqual([]);
    for (const [path, operations] of Object.entries(document.paths)) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const operation of Object.values(operations)) {
        const { parameters = [] } = operation as unknown as {
          parameters?: { in: string; name: string }[];
        };
        const given = parameters.filter((one) => one.in === "path").map(({ name }) => name);
        expect(given).toEqual(wanted);
      }
    }
  });

  it("is a page for people too", async () => {
    const page = await quiet.ask("GET /api/docs");

    expect(page.status).toBe(200);
    for (const { path, summary } of api) {
      expect(page.text).toContain(path.replaceAll(/:(\w+)/g, "{$1}"));
      expect(page.text).toContain(summary.replaceAll("'", "&#39;").replaceAll('"', "&quot;"));
    }
    expect(page.text).not.toMatch(/ style="|<style|<script>|https?:\/\/(?!www.w3.org)/);
  });
});

describe("a request as it should be is answered as the document says", () => {
  let site: ApiSite | undefined;

  afterEach(() => site?.close());

  it.each(named(api))("%s", async (_, route) => {
    site = await openScene();
    const sample = await samples[route.name]?.(site);
    if (!sample) throw new Error(`no sample for ${route.name}`);
    const admin = (await site.store.access.hasKeys()) ? await site.key("admin") : undefined;

    if (isStream(route)) return await expectStream(site, sample.path);
    const answer = await site.ask(`${route.method} ${sample.path}`, {
      body: sample.body,
      ...(admin !== undefined && { key: admin }),
    });

    const promised = Object.keys(route.answers).map(Number);
    expect(promised, answer.text).toContain(answer.status);
    expect(answer.status).toBe(sample.status ?? promised[0]);
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    const operation = document.paths[path]?.[route.method.toLowerCase()];
    const content = operation?.responses[`${answer.status}`]?.content ?? {};
    const [media = "", said] = Object.entries(content)[0] ?? [];
    expect(answer.headers.get("content-type")).toContain(media);
    if (said?.schema) expect(faultsOf(said.schema as never, answer.body, { document })).toEqual([]);
  });
});

async function expectStream(site: ApiSite, path: string): Promise<void> {
  const stream = await site.app.request(path);
  const { value } = (await stream.body?.getReader().read()) ?? {};
  expect(stream.headers.get("content-type")).toContain("text/event-stream");
  expect(Buffer.from(value as Uint8Array).toString()).toMatch(/^(id|event|data|retry|:)/);
  await site.server.feed.close();
}

describe("who may do what: nobody, viewer, operator, admin", () => {
  let guarded: ApiSite;
  const keys: Record<string, string> = {};

  beforeAll(async () => {
    guarded = await ApiSite.open();
    for (const role of roles) keys[role] = await guarded.key(role);
  });

  afterAll(() => guarded.close());

  it.each(named(allRoutes))("%s", async (_, route) => {
    const what = `${route.method} ${noSuch(route)}`;
    const status = async (key: string | undefined) => {
      const response = await guarded.app.request(what.split(" ")[1] ?? "", {
        method: route.method,
        headers: key === undefined ? {} : { Authorization: `Bearer ${key}` },
      });
      await response.body?.cancel();
      return response.status;
    };
    const statuses = [await status(undefined)];
    for (const role of roles) statuses.push(await status(keys[role]));

    const least = route.needs === "public" ? -1 : roles.indexOf(route.needs);
    const isRefused = statuses.map((one) => one === 401 || one === 403);
    const isPostedSignIn = route.name === "signIn" || route.name === "signOut";
    if (!isPostedSignIn) {
      expect(isRefused).toEqual([least >= 0, ...roles.map((_role, at) => at < least)]);
    }
    expect(statuses.every((one) => one < 500)).toBe(true);
    if (route.needs !== "public") expect(statuses[0]).toBe(401);
  });

  it("tells nobody, with a wrong key, or with one in the address, more than that", async () => {
    const wrong = await guarded.ask("GET /api/tasks", { key: "clx_wrong" });
    const inAddress = await guarded.ask(`GET /api/tasks?api_key=${keys.admin}`);

    expectEnvelope(wrong, 401);
    expectEnvelope(inAddress, [400, 401]);
  });
});

describe("what is wrong is told in the envelope", () => {
  it.each(named(api.filter(hasId)))("an unknown id: %s", async (_, route) => {
    const query = route.name.startsWith("abort") ? "?confirm=yes" : "";
    const answer = await quiet.ask(`${route.method} ${noSuch(route)}${query}`);

    expectEnvelope(answer, 404);
    expect(answer.body.error.code).toMatch(/_not_found$|^not_found$/);
  });

  it.each([...new Set(allRoutes.map(({ path }) => path))])("a wrong method: %s", async (path) => {
    const own = allRoutes.filter((route) => route.path === path).map(({ method }) => method);
    const [wrong = ""] = ["PUT", "DELETE", "POST", "GET", "PATCH"].filter(
      (method) => !own.includes(method as never) && method !== "GET",
    );

    const answer = await quiet.ask(`${wrong} ${path.replaceAll(/:\w+/g, "x")}`);

    expect([404, 405]).toContain(answer.status);
    expectEnvelope(answer, [404, 405]);
    if (answer.status === 405) expect(answer.headers.get("allow")).not.toContain(wrong);
  });

  const withBody = api.filter(({ body }) => body !== undefined);

  it.each(named(withBody))("malformed JSON, with its place: %s", async (_, route) => {
    const answer = await quiet.ask(`${route.method} ${noSuch(route)}`, { body: '{"a": 1,, }' });

    expectEnvelope(answer, 400);
    expect(answer.body.error).toMatchObject({ position: 8, line: 1, column: 9 });
  });

  it.each(named(withBody))("a body of another kind: %s", async (_, route) => {
    const headers = { "Content-Type": "text/plain" };
    const answer = await quiet.ask(`${route.method} ${noSuch(route)}`, { body: "{}", headers });

    expectEnvelope(answer, 415);
  });

  it.each(named(withBody))("a body that is too large: %s", async (_, route) => {
    const body = JSON.stringify({ a: "x".repeat(70_000) });
    const answer = await quiet.ask(`${route.method} ${noSuch(route)}`, { body });

    expectEnvelope(answer, 413);
  });

  it.each(named(withBody))("a body with keys that nobody knows: %s", async (_, route) => {
    const answer = await quiet.ask(`${route.method} ${noSuch(route)}`, { body: { noSuchKey: 1 } });

    if (route.name === "createKey") return expectEnvelope(answer, 400);
    expectEnvelope(answer, 400);
    expect(JSON.stringify(answer.body.error)).toContain("noSuchKey");
  });

  it.each(named(api.filter(needsBody)))("no body where one is needed: %s", async (_, route) => {
    expectEnvelope(await quiet.ask(`${route.method} ${noSuch(route)}`), 400);
  });

  it.each(named(api.filter(({ query }) => query !== undefined)))(
    "a query that nobody knows: %s",
    async (_, route) => {
      const answer = await quiet.ask(`${route.method} ${noSuch(route)}?noSuchKey=1`);

      expectEnvelope(answer, 400);
      expect(JSON.stringify(answer.body.error)).toContain("noSuchKey");
    },
  );
});

describe("hostile strings, wherever a string may stand, do no harm", () => {
  let site: ApiSite;

  beforeAll(async () => {
    site = await ApiSite.open({ bodyLimit: 200_000 });
  });

  afterAll(() => site.close());

  it.each(named(allRoutes.filter(({ name }) => name !== "createKey")))("%s", async (_, route) => {
    const fields = fieldNames(route);

    for (const text of hostileTexts) {
      const word = encodeURIComponent(text.toWellFormed());
      const query = fields.query.map((name) => `${name}=${word}`).join("&");
      const path = route.path.replaceAll(/:\w+/g, word === "" ? "%20" : word);
      const body = Object.fromEntries(fields.body.map((name) => [name, text]));
      const response = await site.app.request(query === "" ? path : `${path}?${query}`, {
        method: route.method,
        headers: { "Content-Type": "application/json" },
        ...(route.method !== "GET" && { body: JSON.stringify(body) }),
      });

      expect(response.status, JSON.stringify(text)).toBeLessThan(500);
      const media = response.headers.get("content-type") ?? "";
      const answer = media.includes("event-stream") ? "" : await response.text();
      if (answer === "") await response.body?.cancel();
      if (media.includes("html")) expect(answer).not.toMatch(/<script>alert|<img src=x/);
      expect(response.headers.get("set-cookie") ?? "").not.toContain("x=1");
    }
    const poison = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    const poisoned = await site.ask(`${route.method} ${noSuch(route)}?__proto__=polluted`, {
      ...(route.method !== "GET" && { body: poison }),
    });
    expect(poisoned.status).toBeLessThan(500);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
