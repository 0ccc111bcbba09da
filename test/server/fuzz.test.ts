import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Route } from "../../src/server/route.ts";
import { allRoutes } from "../../src/server/routes.ts";
import { ApiSite } from "../support/api-site.ts";
import { fieldNames } from "../support/field-names.ts";
import { hostileSegment, hostileText, hostileValue } from "../support/hostile.ts";
import { openBeside } from "../support/open-beside.ts";
import { PlayedWorker } from "../support/played-worker.ts";

interface Asking {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly media: string;
}

let site: ApiSite;
let ids: string[] = [];

beforeAll(async () => {
  site = await ApiSite.open({ bodyLimit: 200_000 });
  await PlayedWorker.start(site.store, { id: "played" });
  const command = { type: "command", payload: { argv: ["true"] } };
  for (let count = 0; count < 3; count++) {
    ids.push((await site.ask("POST /api/tasks", { body: command })).body.taskId);
  }
  ids = [...ids, "played", "worker-0"];
});

afterAll(() => site.close());

const namesOf = new Map(allRoutes.map((route) => [route, fieldNames(route)]));

/** Mostly known names with hostile values, so that much of it gets past the first check. */
function recordOf(keys: readonly string[], value: fc.Arbitrary<unknown>) {
  const key = keys.length === 0 ? hostileText : fc.constantFrom(...keys);
  return fc.dictionary(fc.oneof({ weight: 9, arbitrary: key }, hostileText), value, { maxKeys: 6 });
}

/** What an agent might be told, and mostly is not. */
const optionNames = ["sdk", "worktree", "useWorktree", "budget", "mcpServers", "executor"];
const hostileInstruction = fc.record(
  {
    instruction: fc.oneof(fc.constant("x"), hostileText),
    context: recordOf(["workingDirectory", "files"], hostileValue),
    options: recordOf(
      optionNames,
      fc.oneof(hostileValue, recordOf(["maxTurns", "turns", "keep", "enabled"], hostileValue)),
    ),
  },
  { requiredKeys: ["instruction"] },
);

function asking(routes: readonly Route[]): fc.Arbitrary<Asking> {
  return fc.constantFrom(...routes).chain((route) => {
    const { query, body } = namesOf.get(route) ?? { query: [], body: [] };
    const segment = fc.oneof(
      hostileSegment,
      fc.nat(9).map((at) => ids[at] ?? "x"),
    );
    return fc.record({
      method: fc.constant(route.method),
      path: fc
        .tuple(fc.array(segment, { minLength: 3, maxLength: 3 }), recordOf(query, hostileText))
        .map(([segments, fields]) => addressOf(route, segments, fields)),
      body: fc.oneof(
        { weight: 6, arbitrary: recordOf(body, hostileValue) },
        { weight: 2, arbitrary: fc.record({ type: fc.constant("agent"), payload: hostileValue }) },
        { weight: 2, arbitrary: hostileInstruction },
        hostileValue,
        fc.constant(undefined),
      ),
      media: fc.constantFrom(
        ...["application/json", "application/json", "application/json"],
        ...["application/x-www-form-urlencoded", "text/plain", "", 'a/b; charset="x'],
      ),
    });
  });
}

function addressOf(route: Route, segments: readonly string[], fields: Record<string, unknown>) {
  let at = 0;
  const path = route.path.replaceAll(/:\w+/g, () => segments[at++] ?? "x");
  const query = Object.entries(fields).map(
    ([key, value]) => `${escaped(key)}=${escaped(String(value))}`,
  );
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** No answer is waited for to its end: some are streams. */
async function ask({ method, path, body, media }: Asking): Promise<Response> {
  const hasBody = method !== "GET" && body !== undefined;
  return await site.app.request(path, {
    method,
    headers: hasBody && media !== "" ? { "Content-Type": media } : {},
    ...(hasBody && { body: JSON.stringify(body) }),
  });
}

async function look(response: Response): Promise<void> {
  expect(response.status).toBeLessThan(500);
  expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-z]{20}$/);
  const media = response.headers.get("content-type") ?? "";
  if (media.includes("event-stream")) return await response.body?.cancel();
  const text = await response.text();
  if (response.status < 400) return;
  expect(text).not.toMatch(/\bat \S+ \(|node_modules|\/src\//);
  if (media.includes("html")) expect(text).not.toMatch(/<script>alert|<img src=x/);
  else expect(JSON.parse(text).error).toMatchObject({ statusCode: response.status });
}

/** Those that wait for the end of a task, or end what the fuzz works with. */
const reads = allRoutes.filter(({ method }) => method === "GET");
const changes = allRoutes.filter(({ method }) => method !== "GET");

/** Keys would lock out the fuzz itself. */
const fuzzable = changes.filter(({ name }) => name !== "createKey");

describe("whatever is asked", () => {
  it("is never answered with a 5xx, and errors tell nothing of the inside: reads", async () => {
    await fc.assert(
      fc.asyncProperty(asking(reads), async (one) => look(await ask(one))),
      { numRuns: 600 },
    );
  }, 120_000);

  it("is never answered with a 5xx, and errors tell nothing of the inside: changes", async () => {
    await fc.assert(
      fc.asyncProperty(asking(fuzzable), async (one) => {
        if (isWaitedFor(one)) return;
        await look(await ask(one));
      }),
      { numRuns: 1_000 },
    );
  }, 120_000);

  it("changes nothing in the store when it is a GET", async () => {
    const file = openBeside(site.server.settings.databasePath, { readOnly: true });
    const version = () => file.prepare("pragma data_version").get()?.data_version;
    await site.store.listPauses();
    await expect.poll(async () => isQuiet(version)).toBe(true);
    const before = version();

    await fc.assert(
      fc.asyncProperty(asking(reads), async (one) => {
        const response = await ask(one);
        await response.body?.cancel();
      }),
      { numRuns: 400 },
    );

    expect(version()).toBe(before);
    await site.ask("POST /api/queue/pause", { body: { queue: "seen" } });
    expect(version()).not.toBe(before);
    file.close();
  }, 120_000);

  it("of a task is kept and shown as it was, or refused", async () => {
    await fc.assert(
      fc.asyncProperty(hostileValue, async (payload) => {
        const answer = await site.ask("POST /api/tasks", {
          body: { type: "own", allowUnknownType: true, payload },
        });
        const { body } = await site.ask(`GET /api/tasks/${answer.body.taskId}`);

        expect(answer.status).toBe(202);
        expect(JSON.stringify(body.payload)).toBe(JSON.stringify(payload));
      }),
      { numRuns: 200 },
    );
  }, 120_000);
});

function isWaitedFor({ body }: Asking): boolean {
  return JSON.stringify(body)?.includes('"async":false') === true;
}

/** What earlier requests began, such as bulk work, has ended. */
async function isQuiet(version: () => unknown): Promise<boolean> {
  const before = version();
  await site.store.listWorkers({});
  await new Promise((resolve) => setTimeout(resolve, 300));
  return version() === before;
}
