import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ApiSite } from "../support/api-site.ts";
import { PlayedWorker } from "../support/played-worker.ts";

let site: ApiSite;

beforeAll(async () => {
  site = await ApiSite.open();
});

afterAll(() => site.close());

const command = { type: "command", payload: { argv: ["true"] } };

describe("a task that is handed in", () => {
  it("is answered with 202 and where it is found, once it is durable", async () => {
    const { status, headers, body } = await site.ask("POST /api/tasks", {
      body: { ...command, title: "Nightly", tags: ["a", "a", "b"], priority: 3 },
    });

    const found = await site.store.findTask(body.taskId);
    expect([status, headers.get("location")]).toEqual([202, `/api/tasks/${body.taskId}`]);
    expect(body).toMatchObject({ status: "pending", title: "Nightly", tags: ["a", "b"] });
    expect(found).toMatchObject({ type: "command", priority: 3, queue: "default" });
  });

  it("may be an instruction, in spec 4's words", async () => {
    const { status, body } = await site.ask("POST /api/tasks", {
      body: {
        instruction: "Say hello",
        context: { workingDirectory: site.folder, files: ["a.md"] },
        options: { async: true, timeout: 300_000, retry: { maxRetries: 2 }, sdk: { maxTurns: 3 } },
      },
    });

    const task = await site.store.findTask(body.taskId);
    expect(status).toBe(202);
    expect(body).toMatchObject({ instruction: "Say hello", workingDirectory: site.folder });
    expect(task).toMatchObject({
      type: "agent",
      timeoutMs: 300_000,
      retry: { maxAttempts: 3, on: "any" },
      payload: { instruction: "Say hello", options: { budget: { turns: 3 } } },
    });
  });

  it("says all that a generic task may say", async () => {
    const first = await site.ask("POST /api/tasks", { body: command });
    const runAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await site.ask("POST /api/tasks", {
      body: {
        ...command,
        ...{ queue: "night", runAt, timeoutMs: 5_000, expectedMemory: 1_000 },
        retry: { maxAttempts: 5, on: "any", backoffMs: 10, maxBackoffMs: 20 },
        ...{ after: [first.body.taskId], onDependencyFailure: "run", key: "say-all" },
      },
    });

    expect(body).toMatchObject({
      ...{ status: "blocked", queue: "night", runAt, timeoutMs: 5_000, expectedMemory: 1_000 },
      retry: { maxAttempts: 5, on: "any", backoffMs: 10, maxBackoffMs: 20 },
      ...{ after: [first.body.taskId], onDependencyFailure: "run", key: "say-all" },
    });
  });

  it("is the first one's when the Idempotency-Key is known", async () => {
    const headers = { "Idempotency-Key": "once" };

    const first = await site.ask("POST /api/tasks", { body: command, headers });
    const second = await site.ask("POST /api/tasks", { body: command, headers });

    expect(second.body.taskId).toBe(first.body.taskId);
    expect([first, second].map((one) => one.headers.get("idempotency-replayed"))).toEqual([
      null,
      "true",
    ]);
  });

  it("is refused when its key means a task of another type, or two keys differ", async () => {
    const headers = { "Idempotency-Key": "taken" };
    await site.ask("POST /api/tasks", { body: command, headers });

    const other = await site.ask("POST /api/tasks", { body: { instruction: "x" }, headers });
    const two = await site.ask("POST /api/tasks", { body: { ...command, key: "mine" }, headers });

    expect([other.status, other.body.error.code]).toEqual([409, "key_conflict"]);
    expect([two.status, two.body.error.code]).toEqual([400, "invalid_value"]);
  });

  it.each([
    [{ type: "comand", payload: {} }, "unknown_worker_type", "did you mean command?"],
    [{ type: "command", payload: { argv: "ls" } }, "invalid_payload", "must be a list"],
    [{ type: "command", payload: { argv: ["a"], cdw: "/" } }, "invalid_payload", "cwd"],
    [{ type: "command" }, "invalid_value", "payload is missing"],
    [{}, "invalid_value", "type is missing"],
    [{ instruction: "x", payload: 1 }, "invalid_value", "must not stand beside instruction"],
    [{ ...command, context: {} }, "invalid_value", "context is for an instruction"],
    [{ ...command, options: { sdk: {} } }, "invalid_value", "options has sdk"],
    [{ ...command, after: ["no-such-task"] }, "unknown_dependency", "no-such-task"],
    [{ ...command, title: "a\u0000b" }, "invalid_value", "control characters"],
    [{ ...command, title: "\ud800" }, "invalid_value", "broken Unicode"],
    [{ ...command, runAt: "tomorrow" }, "invalid_value", "must be a time"],
    [{ ...command, runAt: 1_790_000_000 }, "invalid_value", "in milliseconds it is 1790000000000"],
    [{ ...command, runAt: 1.79e15 }, "invalid_value", "runAt must be a time"],
    [{ ...command, runAt: "1970-01-21T17:13:20Z" }, "invalid_value", "must not be before 2001"],
  ])("is refused when it is wrong: %j", async (body, code, words) => {
    const answer = await site.ask("POST /api/tasks", { body });

    expect([answer.status, answer.body.error.code]).toEqual([400, code]);
    expect(answer.body.error.message).toContain(words);
  });

  it("of a type that nobody knows is taken when that is asked for, or a worker lives", async () => {
    const body = { type: "later", payload: null };
    const asked = await site.ask("POST /api/tasks", { body: { ...body, allowUnknownType: true } });
    const refused = await site.ask("POST /api/tasks", { body });
    await PlayedWorker.start(site.store, { type: "later" });
    const taken = await site.ask("POST /api/tasks", { body });

    expect([asked.status, refused.status, taken.status]).toEqual([202, 400, 202]);
  });

  it("keeps its payload as it is: odd keys, half surrogates, the largest exact integer", async () => {
    const payload =
      '{"__proto__":{"x":1},"constructor":null,"s":"\\ud800 \\u0000 </script>","n":[9007199254740991,-0.1,1e21]}';
    const { body } = await site.ask("POST /api/tasks", {
      body: `{"type":"own","allowUnknownType":true,"payload":${payload}}`,
    });

    const shown = await site.ask(`GET /api/tasks/${body.taskId}`);

    expect(JSON.stringify(shown.body.payload)).toBe(JSON.stringify(JSON.parse(payload)));
    expect(Object.keys(shown.body.payload)).toContain("__proto__");
  });
});

describe("many tasks", () => {
  it("are handed in together, or none of them", async () => {
    const before = await site.store.countMatching({});
    const bad = await site.ask("POST /api/tasks/batch", {
      body: { tasks: [command, { type: "command", payload: {} }] },
    });
    const afterBad = await site.store.countMatching({});
    const headers = { "Idempotency-Key": "many" };
    const good = await site.ask("POST /api/tasks/batch", {
      body: { tasks: [command, command] },
      headers,
    });
    const again = await site.ask("POST /api/tasks/batch", {
      body: { tasks: [command, command] },
      headers,
    });

    expect([bad.status, bad.body.error.task]).toEqual([400, 1]);
    expect(afterBad).toEqual(before);
    expect(good.body.tasks).toHaveLength(2);
    expect(again.body.tasks.map(idOf)).toEqual(good.body.tasks.map(idOf));
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });
});

describe("a task that is waited for", () => {
  const waiting = { ...command, queue: "default", options: { async: false } };

  it.each([
    ["completed", { kind: "completed", result: "done" } as const],
    [
      "failed",
      { kind: "failed", failure: { kind: "exit_code", message: "no", exitCode: 3 } } as const,
    ],
  ])("is answered with 201 when it has %s", async (state, outcome) => {
    const apart = await ApiSite.open();
    const worker = await PlayedWorker.start(apart.store);
    const asked = apart.ask("POST /api/tasks", { body: waiting });
    const task = await claimWhenThere(apart, worker);
    await worker.settle(task, outcome);

    const { status, body } = await asked;
    await apart.close();

    expect([status, body.status]).toEqual([201, state]);
    expect(body.result ?? body.error.code).toBe(state === "completed" ? "done" : "exit_code");
  });

  it("is answered whoever else waits", async () => {
    const apart = await ApiSite.open();
    const worker = await PlayedWorker.start(apart.store);
    const asked = Array.from({ length: 200 }, () =>
      apart.ask("POST /api/tasks", { body: waiting }),
    );
    await expect.poll(async () => (await apart.ask("GET /api/queue/stats")).body.pending).toBe(200);
    for (let ended = 0; ended < 200; ended++) {
      await worker.settle(await worker.claim(), { kind: "completed", result: ended });
    }

    const answers = await Promise.all(asked);
    await apart.close();

    expect(answers.map(({ status, body }) => `${status} ${body.status}`)).toEqual(
      Array(200).fill("201 completed"),
    );
  });

  it("is answered with 202, and why it waits, when nobody could take it", async () => {
    const apart = await ApiSite.open();

    const { status, body } = await apart.ask("POST /api/tasks", { body: waiting });
    await apart.close();

    expect([status, body.status]).toEqual([202, "pending"]);
    expect(body.waitsBecause).toMatch(/^No live worker takes command tasks/);
  });

  it("is answered with 202, and goes on, when the server shuts down", async () => {
    const apart = await ApiSite.open();
    const asked = apart.ask("POST /api/tasks", { body: waiting });
    await expect.poll(() => countOf(apart)).toBe(1);
    apart.closing.abort();

    const { status, body } = await asked;
    await apart.close();

    expect([status, body.status]).toEqual([202, "pending"]);
  });
});

describe("the list of tasks", () => {
  let apart: ApiSite;
  const ids: string[] = [];

  beforeAll(async () => {
    apart = await ApiSite.open();
    for (let number = 0; number < 5; number++) {
      const { body } = await apart.ask("POST /api/tasks", {
        body: { ...command, title: `run ${number}`, tags: [number % 2 ? "odd" : "even"] },
      });
      ids.push(body.taskId);
    }
  });

  afterAll(() => apart.close());

  it("has the newest first, in pages by cursor or by offset", async () => {
    const first = await apart.ask("GET /api/tasks?limit=2");
    const second = await apart.ask(
      `GET /api/tasks?limit=2&after=${encodeURIComponent(first.body.next)}`,
    );
    const byOffset = await apart.ask("GET /api/tasks?limit=2&offset=2");

    expect(first.body).toMatchObject({ total: 5, limit: 2, offset: 0 });
    expect(first.body.tasks.map(idOf)).toEqual([ids[4], ids[3]]);
    expect(second.body.tasks.map(idOf)).toEqual([ids[2], ids[1]]);
    expect(byOffset.body.tasks.map(idOf)).toEqual([ids[2], ids[1]]);
  });

  it("ends a page early when its tasks are large, and goes on with the next", async () => {
    const large = await ApiSite.open();
    const payload = { filler: "x".repeat(1_000_000) };
    for (let number = 0; number < 30; number++) {
      await large.ask("POST /api/tasks", {
        body: { type: "own", payload, allowUnknownType: true },
      });
    }

    const first = await large.ask("GET /api/tasks?limit=500");
    const rest = await large.ask(`GET /api/tasks?limit=500&after=${first.body.next}`);
    const skipped = await large.ask("GET /api/tasks?limit=1&offset=29");
    await large.close();

    expect([first.body.total, first.body.tasks.length, rest.body.tasks.length]).toEqual([
      ...[30, 20, 10],
    ]);
    expect(rest.body.next).toBeUndefined();
    expect(skipped.body.tasks.map(idOf)).toEqual([rest.body.tasks.at(-1).taskId]);
  });

  it.each([
    ["tag=odd", [3, 1]],
    ["status=pending,running&search=RUN%203", [3]],
    ["status=completed", []],
    ["status=pending&status=failed&limit=1", [4]],
    ["type=command&queue=default&order=oldest&limit=1", [0]],
    ["createdAfter=2999-01-01T00:00:00Z", []],
  ])("is filtered by %s", async (query, numbers) => {
    const { body } = await apart.ask(`GET /api/tasks?${query}`);

    expect(body.tasks.map(idOf)).toEqual(numbers.map((number) => ids[number]));
  });

  it.each([
    ["limit=0", "limit must be a whole number from 1 to 500"],
    ["limit=1e3", "limit must be"],
    ["status=done", "must be one or more of blocked, pending"],
    ["colour=red", "not known here"],
    ["after=nonsense", "pass on a page"],
  ])("refuses %s, and says what is possible", async (query, words) => {
    const { status, body } = await apart.ask(`GET /api/tasks?${query}`);

    expect(status).toBe(400);
    expect(body.error.message).toContain(words);
  });
});

describe("one task", () => {
  let apart: ApiSite;

  beforeEach(async () => {
    apart = await ApiSite.open();
  });

  afterEach(() => apart.close());

  const submit = async () => (await apart.ask("POST /api/tasks", { body: command })).body.taskId;

  it("is shown with why it waits, its attempts and its error", async () => {
    const id = await submit();
    const waits = await apart.ask(`GET /api/tasks/${id}`);
    const worker = await PlayedWorker.start(apart.store);
    const task = await worker.claim();
    await worker.settle(task, {
      kind: "failed",
      failure: { kind: "exit_code", message: "exit code 3", exitCode: 3, logTail: "oops" },
    });

    const { body } = await apart.ask(`GET /api/tasks/${id}`);

    expect(waits.body.waitsBecause).toContain("command");
    expect(body).toMatchObject({
      status: "failed",
      error: { code: "exit_code", message: "exit code 3", exitCode: 3, logTail: "oops" },
      attempts: [{ number: 1, outcome: "failed", workerId: worker.id }],
    });
    expect(body.waitsBecause).toBeUndefined();
  });

  it("has log lines: all, after a cursor, before one, and the last ones", async () => {
    const id = await submit();
    const worker = await PlayedWorker.start(apart.store);
    const task = await worker.claim();
    const logs = ["a", "b", "c", "d"].map((line) => ({ at: 1, stream: "stdout" as const, line }));
    await worker.report(task, { logs });

    const read = async (query: string) =>
      (await apart.ask(`GET /api/tasks/${id}/logs${query}`)).body;

    expect(await read("")).toMatchObject({ taskId: id, logs: ["a", "b", "c", "d"], next: 4 });
    expect((await read("?after=2")).logs).toEqual(["c", "d"]);
    expect((await read("?before=4&limit=2")).logs).toEqual(["b", "c"]);
    expect((await read("?tail=1")).logs).toEqual(["d"]);
    expect((await read("?limit=1")).lines[0]).toMatchObject({ cursor: 1, attempt: 1, line: "a" });
  });

  it("that waits is cancelled at once, by DELETE or POST; one that runs by its worker", async () => {
    const [first, second] = [await submit(), await submit()];
    const deleted = await apart.ask(`DELETE /api/tasks/${first}`);
    const worker = await PlayedWorker.start(apart.store);
    await worker.claim();
    const asked = await apart.ask(`POST /api/tasks/${second}/cancel`, { body: { reason: "late" } });

    const shown = await apart.ask(`GET /api/tasks/${second}`);

    expect(deleted.body).toEqual({
      ...{ message: "Task cancelled successfully", taskId: first, status: "cancelled" },
    });
    expect([asked.status, asked.body.status]).toEqual([200, "running"]);
    expect(shown.body).toMatchObject({ cancelReason: "late" });
  });

  it("that has ended cannot be cancelled; it is tried again, or removed", async () => {
    const id = await submit();
    await apart.ask(`DELETE /api/tasks/${id}`);
    const tooEarly = await apart.ask(`DELETE /api/tasks/${await submit()}/record`);
    const stale = await apart.ask(`POST /api/tasks/${id}/retry`, { body: { attempt: 7 } });
    const retried = await apart.ask(`POST /api/tasks/${id}/retry`, { body: { attempt: 0 } });
    await apart.ask(`POST /api/tasks/${id}/cancel`);
    const removed = await apart.ask(`DELETE /api/tasks/${id}/record`);
    const gone = await apart.ask(`GET /api/tasks/${id}`);

    expect(tooEarly.status).toBe(409);
    expect([stale.status, stale.body.error.code]).toEqual([409, "illegal_transition"]);
    expect([retried.status, retried.body.status]).toEqual([202, "pending"]);
    expect(removed.body).toEqual({ taskId: id, deleted: true });
    expect([gone.status, gone.body.error.code]).toEqual([404, "task_not_found"]);
  });

  it("that completed is never cancelled or tried again", async () => {
    const id = await submit();
    const worker = await PlayedWorker.start(apart.store);
    await worker.settle(await worker.claim(), { kind: "completed", result: null });

    const cancelled = await apart.ask(`DELETE /api/tasks/${id}`);
    const retried = await apart.ask(`POST /api/tasks/${id}/retry`);

    expect([cancelled.status, retried.status]).toEqual([409, 409]);
    expect(cancelled.body.error.code).toBe("illegal_transition");
  });
});

describe("a folder that a task names", () => {
  let apart: ApiSite;

  beforeAll(async () => {
    apart = await ApiSite.open();
    const allowed = join(apart.folder, "allowed");
    mkdirSync(join(allowed, "inner"), { recursive: true });
    mkdirSync(join(apart.folder, "allowed-not"));
    symlinkSync(apart.folder, join(allowed, "out"));
    Object.assign(apart.server.settings, { allowedFolders: [allowed] });
  });

  afterAll(() => apart.close());

  it.each([
    ["allowed", 202],
    ["allowed/inner", 202],
    ["allowed/not/there/yet", 202],
    ["allowed-not", 403],
    ["", 403],
    ["allowed/../allowed-not", 403],
    ["allowed/out", 403],
    ["allowed/out/allowed-not", 403],
  ])("%s is answered with %i", async (folder, status) => {
    const path = `${apart.folder}/${folder}`;
    const asCommand = await apart.ask("POST /api/tasks", {
      body: { type: "command", payload: { argv: ["true"], cwd: path } },
    });
    const asInstruction = await apart.ask("POST /api/tasks", {
      body: { instruction: "x", context: { workingDirectory: path } },
    });

    expect([asCommand.status, asInstruction.status]).toEqual([status, status]);
    if (status === 403) expect(asCommand.body.error.code).toBe("folder_not_allowed");
  });
});

function idOf({ taskId }: { readonly taskId: string }): string {
  return taskId;
}

async function countOf({ store }: ApiSite): Promise<number> {
  return (await store.listTasks({ limit: 10 })).items.length;
}

async function claimWhenThere(apart: ApiSite, worker: PlayedWorker) {
  await expect.poll(() => countOf(apart)).toBe(1);
  return await worker.claim();
}
