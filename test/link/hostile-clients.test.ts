import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { pathOf, requestCap } from "../../src/link/api/protocol.ts";
import {
  activationOf,
  claimOf,
  LinkStage,
  leaseMs,
  theOnly,
} from "../../src/link/conformance/link-site.ts";
import { ownIdentity } from "../../src/machine/process-identity.ts";
import { openApiLinkSite } from "../support/link-sites.ts";

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly token?: string;
  readonly version?: string;
  readonly body?: string;
}

/** A worker that is active, one that is not its own, and a way to say anything to the API. */
async function begin() {
  const site = await openApiLinkSite({ tcp: { hosts: ["127.0.0.1"] } });
  const stage = await LinkStage.open(async () => site);
  const { id, link } = await stage.worker();
  const { token, address } = await site.host().linkFor(id);
  const ask = async (asked: Asked) => {
    const { path = pathOf("renew"), method = "POST", version = "1" } = asked;
    const body = asked.body ?? JSON.stringify({ leaseMs });
    const response = await fetch(address + path, {
      method,
      headers: {
        ...(version !== "" && { "Clx-Worker-Api": version }),
        Authorization: `Bearer ${asked.token ?? token}`,
      },
      ...(method !== "GET" && { body }),
    });
    const answer = JSON.parse(await response.text());
    return { status: response.status, code: answer.error?.code, answer, response };
  };
  return { site, stage, id, link, token, address, ask };
}

it("nobody without a worker's token is answered", async () => {
  const { ask, token, site } = await begin();
  const other = (await site.host().linkFor("somebody-else")).token;
  const [id = ""] = token.split(".");
  const proofOfOther = other.slice(other.lastIndexOf("."));

  const answers = [
    await ask({ token: "" }),
    await ask({ token: "nonsense" }),
    await ask({ token: `${id}.` }),
    await ask({ token: token.slice(0, -1) }),
    await ask({ token: `${id}${proofOfOther}` }),
    await ask({ token: `%${token}` }),
  ];

  expect(answers.map(({ status, code }) => [status, code])).toEqual(
    answers.map(() => [401, "unauthorised"]),
  );
  expect(answers[0]?.response.headers.get("www-authenticate")).toBe("Bearer");
});

it("a worker speaks of itself alone, whatever it says", async () => {
  const { stage, ask, token, id } = await begin();
  const { id: victim, link } = await stage.worker();
  const taskId = await stage.submit();
  const task = theOnly((await link.claim(claimOf(victim))).tasks);
  const name = { workerId: victim, taskId, attempt: task.attempt };
  const settlement = { ...name, outcome: { kind: "completed", result: "stolen" } };

  const renewed = await ask({ body: JSON.stringify({ workerId: victim, leaseMs }) });
  const reported = await ask({ path: pathOf("report"), body: JSON.stringify(name) });
  const settled = await ask({
    path: pathOf("settle"),
    body: JSON.stringify({
      ...{ workerId: victim, settlements: [settlement], limit: 0, jitter: 0, inHand: [] },
    }),
  });
  await ask({
    path: pathOf("end"),
    body: JSON.stringify({
      ...{ workerId: victim, event: "fail", ending: { reason: "no" }, jitter: 0 },
      tasks: { kind: "released" },
    }),
  });

  expect(token.startsWith(id)).toBe(true);
  expect(renewed.answer).toMatchObject({ held: [] });
  expect(reported.answer).toEqual({ standing: "superseded" });
  expect(settled.answer.standings).toEqual(["superseded"]);
  await expect(stage.task(taskId)).resolves.toMatchObject({ state: "running", workerId: victim });
  await expect(stage.workerRow(victim)).resolves.toMatchObject({ state: "busy" });
});

it("a worker ends no session but its own", async () => {
  const { ask } = await begin();

  const { status, code } = await ask({
    path: pathOf("end-session"),
    body: JSON.stringify({ sessionId: "others", reason: "spite" }),
  });

  expect([status, code]).toEqual([403, "forbidden"]);
});

it("a worker ends not even its own session while the process runs that opened it", async () => {
  const { stage } = await begin();
  const session = { id: "ours", kind: "build", process: ownIdentity() };
  await stage.store.openSession({ session, now: Date.now() });
  const { link } = await stage.worker({ sessionId: session.id });

  const ending = link.endSession({ sessionId: session.id, reason: "spite", now: Date.now() });

  await expect(ending).rejects.toMatchObject({ code: "forbidden" });
  expect((await stage.store.findSession(session.id))?.endedAt).toBeUndefined();
});

it("another version is refused politely, with both versions in words", async () => {
  const { ask } = await begin();

  const answers = [
    await ask({ version: "2" }),
    await ask({ version: "" }),
    await ask({ path: "/worker-api/v7/renew", version: "7" }),
    await ask({ path: "/worker-api/v7/new-operation", version: "7" }),
  ];

  expect(answers.map(({ status, code }) => [status, code])).toEqual(
    answers.map(() => [426, "worker_api_mismatch"]),
  );
  expect(answers[0]?.answer.error.message).toMatch(/version 1 .* version 2/);
  expect(answers[3]?.answer.error.message).toContain("version 7");
  expect(answers[0]?.response.headers.get("clx-worker-api")).toBe("1");
});

it("what is none of its operations is refused", async () => {
  const { ask } = await begin();

  const answers = [
    await ask({ path: "/worker-api/v1/steal" }),
    await ask({ path: "/worker-api/v1/renew/more" }),
    await ask({ path: "/worker-api/v1/" }),
    await ask({ path: "/worker-api/v1/constructor" }),
    await ask({ method: "GET" }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 405]);
});

it.each([
  ["no JSON", "{"],
  ["no object", "[1]"],
  ["null", "null"],
  ["a wrong type", JSON.stringify({ leaseMs: "soon" })],
  ["no number at all", JSON.stringify({ leaseMs: null })],
  ["less than nothing", JSON.stringify({ leaseMs: -1 })],
])("a body that is %s is refused, and says where", async (_, body) => {
  const { ask } = await begin();

  const { status, code, answer } = await ask({ body });

  expect([status, code]).toEqual([400, "invalid_value"]);
  expect(answer.error.message).not.toContain("internal");
});

it("a body that is too large is refused, whether it says so or not", async () => {
  const { address, token, ask } = await begin();

  const declared = await ask({ body: "x".repeat(requestCap + 1) });
  const chunked = await fetch(address + pathOf("renew"), {
    method: "POST",
    headers: { "Clx-Worker-Api": "1", Authorization: `Bearer ${token}` },
    body: new ReadableStream({
      start(controller) {
        const chunk = new Uint8Array(1_048_576).fill(120);
        for (let left = 20; left > 0; left--) controller.enqueue(chunk);
        controller.close();
      },
    }),
    duplex: "half",
  } as RequestInit).then(
    ({ status }) => status,
    () => 413, // the connection was closed over our head
  );

  expect(declared.status).toBe(413);
  expect(chunked).toBe(413);
});

it("a worker that polls without end holds no more than a few connections", async () => {
  const { ask } = await begin();
  const first = await ask({ path: pathOf("watch"), body: '{"waitMs":0}' });
  const body = JSON.stringify({ waitMs: 20_000, seen: first.answer.mark });

  const polls = Array.from({ length: 20 }, () => ask({ path: pathOf("watch"), body }));
  for (const poll of polls) poll.catch(() => {}); // the last ones end with the server
  const answered = await Promise.race([
    Promise.all(polls.slice(0, 2)),
    new Promise((resolve) => setTimeout(resolve, 10_000, "held")),
  ]);

  expect(answered).not.toBe("held");
});

it("connections that say nothing, or half of something, keep nobody out", async () => {
  const { address, link, stage, id } = await begin();
  const { port } = new URL(address);
  const silent: Socket[] = [];
  for (let left = 200; left > 0; left--) {
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => {});
    silent.push(socket);
    await once(socket, "connect");
    if (left % 2 === 0)
      socket.write(`POST ${pathOf("renew")} HTTP/1.1\r\nContent-Length: 1000\r\n`);
  }
  onTestFinished(() => {
    for (const socket of silent) socket.destroy();
  });

  const taskId = await stage.submit();
  const { tasks } = await link.claim(claimOf(id));

  expect(tasks.map((task) => task.id)).toEqual([taskId]);
});

it("sixty-four workers at once do all tasks, each once", async () => {
  const { stage, site } = await begin();
  const ids = await Promise.all(Array.from({ length: 400 }, () => stage.submit({ type: "many" })));
  const done: string[] = [];

  await Promise.all(
    Array.from({ length: 64 }, async () => {
      const id = await stage.registered({ type: "many" });
      const link = await site.openLink({ workerId: id, patienceMs: 20_000 });
      await link.activate(activationOf(id));
      const watch = link.watch({ workerId: id, type: "many" }, () => {});
      let { tasks } = await link.claim(claimOf(id));
      while (tasks.length > 0) {
        const settlements = tasks.map(({ id: taskId, attempt }) => ({
          ...{ taskId, attempt },
          outcome: { kind: "completed" as const },
        }));
        done.push(...settlements.map(({ taskId }) => taskId));
        const settled = await link.settle({
          ...{ workerId: id, settlements, limit: 1, now: Date.now(), jitter: 0 },
        });
        tasks = settled.claim.tasks;
      }
      watch.close();
      await link.close();
    }),
  );

  expect(done.toSorted()).toEqual(ids.toSorted());
});
