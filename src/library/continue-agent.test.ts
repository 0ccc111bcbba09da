import { expect, it, onTestFinished } from "vitest";
import { PlayedWorker } from "../../test/support/played-worker.ts";
import { openSqliteSite } from "../../test/support/store-site.ts";
import { encodeEntry } from "../agent/agent-entry.ts";
import type { AgentEntry } from "../agent/agent-task.ts";
import { newId } from "../domain/ids.ts";
import type { JsonValue } from "../domain/json.ts";
import { defaultRetry, type LogLine, type NewTask } from "../domain/task.ts";
import { resumePayload } from "./continue-agent.ts";
import { submit, submitAll } from "./submit.ts";

function newTask(payload: JsonValue): NewTask {
  return {
    ...{ id: newId(Date.now()), type: "agent", queue: "default", payload, priority: 0 },
    ...{ retry: defaultRetry, after: [], onDependencyFailure: "skip" },
  };
}

function began(sessionId: string): LogLine[] {
  const entries: AgentEntry[] = [
    { kind: "started", executor: "claude", folder: `/work/${sessionId}` },
    { kind: "session", sessionId },
  ];
  return entries.flatMap(encodeEntry).map((line) => ({ at: 1, stream: "log", line }));
}

function chatter(count: number): LogLine[] {
  return Array.from({ length: count }, (_, at) => ({ at, stream: "stdout", line: `line ${at}` }));
}

/** An agent's task whose attempts wrote so much and left no result. */
async function cutOff(attempts: readonly (readonly LogLine[])[]) {
  const site = await openSqliteSite({ synchronous: "off" });
  onTestFinished(() => site.close());
  const { store } = site;
  const worker = await PlayedWorker.start(store, { type: "agent" });
  const task = newTask({ instruction: "Begin" });
  await store.submit({ tasks: [task], now: Date.now() });
  for (const logs of attempts) {
    const claimed = await worker.claim();
    await worker.report(claimed, { logs: [...logs] });
    await worker.settle(claimed, { kind: "released" });
  }
  await store.cancel({ taskId: task.id, reason: "enough", now: Date.now() });
  return { store, id: task.id };
}

const logs: Record<string, readonly (readonly LogLine[])[]> = {
  short: [began("first"), began("latest")],
  "long, and the latest attempt's too": [
    [...began("first"), ...chatter(6_000)],
    [...began("other"), ...chatter(3_000)],
    [...began("latest"), ...chatter(6_000)],
  ],
  "long, and the latest attempt's short": [
    [...began("first"), ...chatter(6_000)],
    [...began("latest"), ...chatter(10)],
  ],
  "long, of a single attempt": [[...began("latest"), ...chatter(12_000)]],
};

it.each(Object.entries(logs))(
  "goes on with the latest conversation of a log that is %s",
  async (_, attempts) => {
    const { store, id } = await cutOff(attempts);
    const request = { instruction: "Go on", options: { continueFromTaskId: id } };

    const { payload } = await resumePayload(store, { payload: request });

    const resume = { fromTaskId: id, sessionId: "latest", folder: "/work/latest" };
    expect(payload).toMatchObject({ ...request, resume });
  },
);

it("sees who goes on with a conversation already, however much is queued besides", async () => {
  const { store, id } = await cutOff([began("latest")]);
  const request = { instruction: "Go on", options: { continueFromTaskId: id } };
  const { payload } = await resumePayload(store, { payload: request });
  const first = newTask(payload);
  const others = Array.from({ length: 20 }, () => newTask({ instruction: "x".repeat(900_000) }));
  await store.submit({ tasks: [first, ...others], now: Date.now() });

  const second = resumePayload(store, { payload: request });

  await expect(second).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(first.id),
  });
});

it("goes on also for programs that hand in tasks by the library, one at a time", async () => {
  const { store, id } = await cutOff([began("latest")]);
  const payload = { instruction: "Go on", options: { continueFromTaskId: id } };
  const request = { type: "agent", payload };

  const both = submitAll(store, [request, request]);
  await expect(both).rejects.toMatchObject({ code: "conflict" });
  const task = await submit(store, { ...request, key: "once" });
  const again = await submit(store, { ...request, key: "once" });
  const other = submit(store, request);

  expect(task).toMatchObject({ payload: { ...payload, resume: { sessionId: "latest" } } });
  expect(again.id).toBe(task.id);
  await expect(other).rejects.toMatchObject({ code: "conflict" });
});
