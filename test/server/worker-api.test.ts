import { expect, it, onTestFinished } from "vitest";
import { operations, pathOf } from "../../src/link/api/protocol.ts";
import { lateEventsOf } from "../../src/server/late-events.ts";
import { ApiSite } from "../support/api-site.ts";

async function begin() {
  const site = await ApiSite.open();
  onTestFinished(() => site.close());
  const keys = { viewer: await site.key("viewer"), operator: await site.key("operator") };
  const register = (key: string | undefined, nonce = "ab".repeat(32)) =>
    site.ask(`POST ${pathOf("register")}`, {
      ...(key !== undefined && { key }),
      body: { type: "resize", queue: "default", concurrency: 1, expectedMemory: 0, nonce },
    });
  return { site, keys, register };
}

const version = { "Clx-Worker-Api": "1" };

it.each(operations)(
  "%s is refused to whoever has no token of a worker, keys or not",
  async (name) => {
    const { site, keys } = await begin();
    const path = `POST ${pathOf(name)}`;

    const answers = [
      await site.ask(path, { body: {}, headers: version }),
      await site.ask(path, { body: {}, headers: version, key: keys.operator }),
      await site.ask(path, { body: {}, headers: version, key: await site.key("admin") }),
    ];

    expect(answers.map(({ status, body }) => [status, body.error.code])).toEqual(
      answers.map(() => [401, "unauthorised"]),
    );
  },
);

it("a worker is registered by an operator, and by nobody who may less", async () => {
  const { site, keys, register } = await begin();

  const statuses = [
    (await register(undefined)).status,
    (await register(keys.viewer)).status,
    (await register(keys.operator)).status,
  ];

  expect(statuses).toEqual([401, 403, 201]);
  const workers = await site.store.listWorkers({});
  expect(workers).toMatchObject([{ type: "resize", state: "created", mode: "standalone" }]);
});

it("a registration that is repeated is the same one, until the worker has begun", async () => {
  const { site, keys, register } = await begin();

  const first = await register(keys.operator);
  const second = await register(keys.operator);
  const other = await register(keys.operator, "cd".repeat(32));
  const { workerId, launchToken, token } = first.body;
  const activated = await site.ask(`POST ${pathOf("activate")}`, {
    key: token,
    headers: version,
    body: { launchToken, leaseMs: 60_000, process: { pid: 1, startedAt: "x", host: "elsewhere" } },
  });
  const late = await register(keys.operator);

  expect(second.body).toEqual(first.body);
  expect(other.body.workerId).not.toBe(workerId);
  expect(activated).toMatchObject({ status: 200, body: { worker: { id: workerId } } });
  expect([late.status, late.body.error.code]).toEqual([409, "conflict"]);
});

it("a worker's token is no key", async () => {
  const { site, keys, register } = await begin();
  const { token } = (await register(keys.operator)).body;

  const { status } = await site.ask("GET /api/tasks", { key: token });

  expect(status).toBe(401);
});

it("another version is told which one is spoken here, before all else", async () => {
  const { site, keys } = await begin();

  const answers = [
    await site.ask("POST /worker-api/v2/register", { body: {}, key: keys.operator }),
    await site.ask("POST /worker-api/v2/anything", { body: {} }),
    await site.ask(`POST ${pathOf("renew")}`, { body: {}, headers: { "Clx-Worker-Api": "2" } }),
  ];

  expect(answers.map(({ status, body }) => [status, body.error.code])).toEqual(
    answers.map(() => [426, "worker_api_mismatch"]),
  );
});

it("a server that shuts down registers nobody, and lets its workers finish", async () => {
  const { site, keys, register } = await begin();
  const { token } = (await register(keys.operator)).body;
  site.closing.abort();

  const late = await register(keys.operator, "ef".repeat(32));
  const renewal = await site.ask(`POST ${pathOf("renew")}`, {
    ...{ key: token, headers: version, body: { leaseMs: 15_000 } },
  });

  expect(late.status).toBe(503);
  expect(renewal.status).toBe(200);
});

it("who registered whom is in the audit trail, without a secret", async () => {
  const { site, keys, register } = await begin();
  const { workerId, launchToken, token } = (await register(keys.operator)).body;

  lateEventsOf(site.server).write();
  await site.store.access.removeSignIn("none"); // a later write comes after them
  const events = await site.store.listEvents({ after: 0, limit: 100 });
  const audited = events.filter(({ type }) => type === "audit");

  expect(audited.map(({ data }) => data)).toMatchObject([
    { action: "worker.register", target: workerId, outcome: "done" },
  ]);
  const told = JSON.stringify([events, site.told]);
  expect([launchToken, token, keys.operator].filter((secret) => told.includes(secret))).toEqual([]);
});
