import { rmSync } from "node:fs";
import { onTestFinished } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { newId } from "../../src/domain/ids.ts";
import { defaultRetry, type NewTask, type Task } from "../../src/domain/task.ts";
import { createApp } from "../../src/server/create-app.ts";
import { createGate } from "../../src/server/gate/create-gate.ts";
import { listen } from "../../src/server/listen.ts";
import { resolveServerSettings } from "../../src/server/resolve-settings.ts";
import type { Route } from "../../src/server/route.ts";
import type { ServerContext } from "../../src/server/server-context.ts";
import { createFeed } from "../../src/server/stream/create-feed.ts";
import { SupervisedWorkforce } from "../../src/server/workforce/supervised-workforce.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import { systemClock } from "../../src/supervisor/clock.ts";
import { openSqliteSite, type SqliteSite } from "../support/store-site.ts";

export interface LiveSite {
  readonly site: SqliteSite;
  readonly store: TaskStore;
  readonly server: ServerContext;
  readonly url: string;
  /** What the server's log was told. */
  readonly said: readonly string[];
  /** The paths of all requests that have arrived. */
  readonly asked: readonly string[];
  /** As a server does when it is told to stop. */
  beginToClose(): void;
  submit(fields?: Partial<NewTask>): Promise<Task>;
  submitMany(count: number, fields?: Partial<NewTask>): Promise<readonly Task[]>;
}

export interface LiveSiteParams {
  readonly routes?: readonly Route[];
  readonly sampleEveryMs?: number;
  readonly env?: Record<string, string>;
}

/** Some routes on a real store and a real socket, in this process; workers are others' business. */
export async function openLiveSite(params: LiveSiteParams = {}): Promise<LiveSite> {
  const site = await openSqliteSite();
  const { store, folder, path } = site;
  const config = await loadConfig({ cwd: folder, env: params.env ?? {}, home: folder });
  const settings = {
    ...resolveServerSettings(config, { databasePath: path, version: "0.0.0" }),
    mode: "standalone" as const,
    rateLimit: 0,
  };
  const said: string[] = [];
  const closing = new AbortController();
  const { sampleEveryMs } = params;
  const feed = createFeed({ store, ...(sampleEveryMs !== undefined && { sampleEveryMs }) });
  const workforce = new SupervisedWorkforce({
    mode: "standalone",
    templates: [],
    supervisor: {
      store,
      executors: new Map(),
      link: { kind: "store", path, synchronous: "full" },
      logFolder: folder,
      checkpointFolder: folder,
    },
  });
  const server: ServerContext = {
    ...{ store, config, settings, workforce, feed, clock: systemClock },
    gate: createGate({ access: store.access, settings, clock: systemClock }),
    closing: closing.signal,
    log: (level, message) => said.push(`${level}: ${message}`),
  };
  const app = params.routes === undefined ? createApp(server) : createApp(server, params.routes);
  const asked: string[] = [];
  const listener = await listen({
    ...{ host: "127.0.0.1", port: 0 },
    fetch(request, ...rest) {
      asked.push(new URL(request.url).pathname);
      return app.fetch(request, ...rest);
    },
  });
  onTestFinished(async () => {
    await feed.close();
    await listener.close({ graceMs: 200 });
    await site.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const submitMany = async (count: number, fields: Partial<NewTask> = {}) => {
    const tasks = Array.from({ length: count }, () => newTask(fields));
    const submitted = await store.submit({ tasks, now: Date.now() });
    return submitted.map(({ task }) => task);
  };
  return {
    ...{ site, store, server, said, asked, submitMany },
    url: listener.url,
    beginToClose: () => closing.abort(),
    async submit(fields) {
      const [task] = await submitMany(1, fields);
      if (task === undefined) throw new Error("nothing was submitted");
      return task;
    },
  };
}

export function newTask(fields: Partial<NewTask> = {}): NewTask {
  return {
    id: newId(Date.now()),
    type: "command",
    queue: "default",
    payload: { argv: ["true"] },
    priority: 0,
    retry: defaultRetry,
    after: [],
    onDependencyFailure: "skip",
    ...fields,
  };
}
