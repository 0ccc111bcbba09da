import { expect } from "vitest";
import { ApiSite } from "./api-site.ts";
import { PlayedWorker } from "./played-worker.ts";

/** A request that is as it should be, in a scene of its own. */
export interface Sample {
  readonly path: string;
  readonly body?: unknown;
  readonly status?: number;
}

const command = { type: "command", payload: { argv: ["true"] } };

async function submit(site: ApiSite): Promise<string> {
  return (await site.ask("POST /api/tasks", { body: command })).body.taskId;
}

async function cancelled(site: ApiSite): Promise<string> {
  const id = await submit(site);
  await site.ask(`DELETE /api/tasks/${id}`);
  return id;
}

/** With an attempt, log lines, progress and a failure. */
async function failed(site: ApiSite): Promise<string> {
  const id = await submit(site);
  const worker = await PlayedWorker.start(site.store, { type: "command" });
  const task = await worker.claim();
  await worker.report(task, {
    logs: [{ at: Date.now(), stream: "stderr", line: "oops" }],
    progress: { at: Date.now(), fraction: 0.5, message: "half", data: { step: 1 } },
  });
  const failure = { kind: "exit_code", message: "no", exitCode: 3, logTail: "oops" } as const;
  await worker.settle(task, { kind: "failed", failure });
  return id;
}

async function played(site: ApiSite): Promise<string> {
  return (await PlayedWorker.start(site.store)).id;
}

async function bulk(site: ApiSite): Promise<string> {
  await submit(site);
  const { body } = await site.ask("POST /api/bulk", { body: { action: "cancel", filter: {} } });
  return body.id;
}

async function key(site: ApiSite): Promise<string> {
  const [first] = await site.store.access.listKeys();
  if (first) return first.id;
  await site.key("viewer");
  return await key(site);
}

/** By the name of the route: one for each route of the API, and a test sees to that. */
export const samples: Readonly<Record<string, (site: ApiSite) => Promise<Sample> | Sample>> = {
  submitTask: () => ({ path: "/api/tasks", body: command, status: 202 }),
  submitTasks: () => ({ path: "/api/tasks/batch", body: { tasks: [command, command] } }),
  listTasks: async (site) => ({ path: `/api/tasks?search=${(await failed(site)).slice(0, 5)}` }),
  getTask: async (site) => ({ path: `/api/tasks/${await failed(site)}` }),
  getTaskLogs: async (site) => ({ path: `/api/tasks/${await failed(site)}/logs?tail=5` }),
  cancelTask: async (site) => ({
    path: `/api/tasks/${await submit(site)}/cancel`,
    body: { reason: "enough" },
  }),
  cancelTaskByDelete: async (site) => ({ path: `/api/tasks/${await submit(site)}?reason=enough` }),
  retryTask: async (site) => ({
    path: `/api/tasks/${await failed(site)}/retry`,
    body: { attempt: 1 },
  }),
  deleteTask: async (site) => ({ path: `/api/tasks/${await cancelled(site)}/record` }),
  queueStats: async (site) => {
    await site.ask("POST /api/queue/pause", { body: { type: "agent", reason: "repairs" } });
    return { path: "/api/queue/stats" };
  },
  pauseQueue: () => ({ path: "/api/queue/pause", body: { queue: "night" } }),
  resumeQueue: () => ({ path: "/api/queue/resume" }),
  startQueue: () => ({ path: "/api/queue/start" }),
  addToQueue: () => ({ path: "/api/queue/tasks", body: command }),
  listQueue: async (site) => ({ path: `/api/queue/tasks?idPrefix=${await failed(site)}` }),
  getQueued: async (site) => ({ path: `/api/queue/tasks/${await failed(site)}` }),
  cancelQueued: async (site) => ({ path: `/api/queue/tasks/${await submit(site)}` }),
  listWorkers: () => ({ path: "/api/workers" }),
  getWorker: () => ({ path: "/api/workers/worker-0" }),
  registerWorker: () => ({
    path: "/worker-api/v1/register",
    body: {
      ...{ type: "resize", queue: "default", concurrency: 2, expectedMemory: 1_000_000 },
      nonce: "0123456789abcdef".repeat(4),
    },
    status: 201,
  }),
  addWorker: () => ({ path: "/api/workers", body: { workerId: "mine", force: true } }),
  removeWorker: () => ({ path: "/api/workers/worker-0" }),
  drainWorker: async (site) => ({ path: `/api/workers/${await played(site)}/drain` }),
  getWorkerLogs: () => ({ path: "/api/workers/worker-0/logs?bytes=100" }),
  workersStatus: async (site) => {
    await failed(site);
    return { path: "/api/workers/status/" };
  },
  spawnWorker: () => ({ path: "/api/workers/add/?force=true" }),
  drainOldestWorker: () => ({ path: "/api/workers/drain/" }),
  drainThisWorker: async (site) => ({ path: `/api/workers/drain/${await played(site)}/` }),
  drainAllWorkers: () => ({ path: "/api/workers/drain-all/" }),
  abortWorker: async (site) => ({ path: `/api/workers/${await played(site)}/abort/?confirm=yes` }),
  abortWorkerByDelete: async (site) => ({
    path: `/api/workers/${await played(site)}/abort/?confirm=yes`,
  }),
  cleanUpWorkers: () => ({ path: "/api/workers/cleanup/" }),
  tick: () => ({ path: "/workers/tick/" }),
  health: () => ({ path: "/health" }),
  ready: () => ({ path: "/ready" }),
  metrics: () => ({ path: "/metrics" }),
  openApi: () => ({ path: "/api/openapi.json" }),
  listBulkWork: async (site) => {
    await bulk(site);
    return { path: "/api/bulk" };
  },
  previewBulkWork: async (site) => {
    await submit(site);
    return { path: "/api/bulk/preview?action=cancel" };
  },
  startBulkWork: async (site) => {
    await submit(site);
    return { path: "/api/bulk", body: { action: "cancel", filter: {}, reason: "enough" } };
  },
  getBulkWork: async (site) => ({ path: `/api/bulk/${await bulk(site)}` }),
  stopBulkWork: async (site) => ({ path: `/api/bulk/${await bulk(site)}/stop` }),
  listEvents: async (site) => {
    await failed(site);
    return { path: "/api/events?limit=50" };
  },
  streamEvents: () => ({ path: "/api/events/stream?after=0" }),
  streamTask: async (site) => ({ path: `/api/tasks/${await failed(site)}/stream` }),
  whoAmI: () => ({ path: "/api/me" }),
  listKeys: async (site) => {
    await key(site);
    return { path: "/api/keys" };
  },
  createKey: () => ({ path: "/api/keys", body: { name: "ci", role: "operator" } }),
  revokeKey: async (site) => ({ path: `/api/keys/${await key(site)}` }),
};

/** Managed, with one worker that is ready. */
export async function openScene(): Promise<ApiSite> {
  const site = await ApiSite.open({ mode: "managed", count: 1, bodyLimit: 65_536 });
  await expect
    .poll(async () => (await site.ask("GET /api/workers")).body.workers[0]?.status)
    .toBe("idle");
  return site;
}
