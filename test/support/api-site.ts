import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hono } from "hono";
import type { Config } from "../../src/config/config.ts";
import { examineConfig } from "../../src/config/load-config.ts";
import { newId } from "../../src/domain/ids.ts";
import type { Role } from "../../src/domain/role.ts";
import { ScriptedExecutor } from "../../src/executor/scripted/scripted-executor.ts";
import { ownIdentity } from "../../src/machine/process-identity.ts";
import { createApp } from "../../src/server/create-app.ts";
import { createGate } from "../../src/server/gate/create-gate.ts";
import { newSecret } from "../../src/server/gate/secret.ts";
import type { ServerContext } from "../../src/server/server-context.ts";
import type { ServerSettings } from "../../src/server/server-settings.ts";
import { createFeed } from "../../src/server/stream/create-feed.ts";
import { SupervisedWorkforce } from "../../src/server/workforce/supervised-workforce.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import type { AdmissionLimits } from "../../src/supervisor/admission.ts";
import { systemClock } from "../../src/supervisor/clock.ts";
import { poolOf, roomyMachine } from "./supervisor-stage.ts";

export interface ApiSiteParams extends Partial<ServerSettings> {
  /** Of which types it has workers, which do nothing. */
  readonly types?: readonly string[];
  /** How many of each there are at first. */
  readonly count?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly admission?: Partial<AdmissionLimits>;
}

export interface Told {
  readonly level: string;
  readonly message: string;
  readonly facts: object | undefined;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON of the answer; undefined when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever they expect
  readonly body: any;
}

/** The whole API over a real store, gate, feed and supervisor, without a socket; `close` removes it. */
export class ApiSite {
  readonly folder: string;
  readonly store: TaskStore;
  readonly server: ServerContext;
  readonly app: Hono;
  /** What the server logged. */
  readonly told: Told[];
  /** Makes the server shut down, as far as routes see. */
  readonly closing: AbortController;

  private constructor(parts: Omit<ApiSite, "close" | "ask" | "key">) {
    this.folder = parts.folder;
    this.store = parts.store;
    this.server = parts.server;
    this.app = parts.app;
    this.told = parts.told;
    this.closing = parts.closing;
  }

  static async open(params: ApiSiteParams = {}): Promise<ApiSite> {
    const { types = ["command"], count = 0, env = {}, admission, ...over } = params;
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "clx-api-")));
    const store = await openSqliteStore({ path: join(folder, "clx.db"), synchronous: "off" });
    const settings = { ...defaultSettings, databasePath: join(folder, "clx.db"), ...over };
    const config = await configAt(folder, env);
    const closing = new AbortController();
    const told: Told[] = [];
    const executor = scriptedWorkers(store);
    const workforce = new SupervisedWorkforce({
      mode: settings.mode,
      templates: types.map((type) => poolOf({ name: type, type, count })),
      supervisor: {
        store,
        executors: new Map([[executor.mode, executor]]),
        link: { kind: "store", path: settings.databasePath },
        logFolder: join(folder, "logs"),
        checkpointFolder: join(folder, "checkpoints"),
        readMachine: () => roomyMachine,
        admission: { hardCap: 64, cores: 64, ...admission },
      },
    });
    await workforce.start();
    const server: ServerContext = {
      ...{ store, config, settings, workforce },
      gate: createGate({ access: store.access, settings, clock: systemClock }),
      feed: createFeed({ store, sampleEveryMs: 3_600_000 }),
      clock: systemClock,
      closing: closing.signal,
      log: (level, message, facts) => told.push({ level, message, facts }),
    };
    return new ApiSite({ folder, store, server, app: createApp(server), told, closing });
  }

  /** Puts a key in force, and answers with its secret. */
  async key(role: Role): Promise<string> {
    const { secret, hash } = newSecret();
    const now = Date.now();
    const key = { id: newId(now), name: `${role}-${newId(now)}`, role, hash, hint: "" };
    await this.store.access.addKey({ key, now });
    this.server.gate.keysChanged();
    return secret;
  }

  /** `"GET /api/tasks"`, with a JSON body, or one as it is when it is a string. */
  async ask(
    what: string,
    {
      body,
      headers = {},
      key,
    }: { body?: unknown; headers?: Record<string, string>; key?: string } = {},
  ): Promise<Answered> {
    const [method = "GET", path = "/"] = what.split(/ (.*)/s);
    const response = await this.app.request(path, {
      method,
      headers: {
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...(key !== undefined && { Authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true && text !== "";
    const { status } = response;
    return {
      ...{ status, text, headers: response.headers },
      body: isJson ? JSON.parse(text) : undefined,
    };
  }

  async close(): Promise<void> {
    await this.server.workforce.stop({ graceMs: 0 });
    await this.server.feed.close();
    await this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const defaultSettings: ServerSettings = {
  mode: "standalone",
  host: "127.0.0.1",
  port: 0,
  databasePath: "",
  shutdownMs: 1_000,
  bodyLimit: 1_048_576,
  rateLimit: 0,
  signInMs: 3_600_000,
  allowedFolders: [],
  queue: "default",
  version: "0.0.0",
};

async function configAt(folder: string, env: Readonly<Record<string, string>>): Promise<Config> {
  const systemFolder = join(folder, "etc");
  const { config } = await examineConfig({ cwd: folder, home: folder, systemFolder, env });
  return config;
}

/** They activate their rows when they have started, and then do nothing. */
function scriptedWorkers(store: TaskStore): ScriptedExecutor {
  return new ScriptedExecutor({
    script: () => ({
      process: ownIdentity(),
      onStart: ({ workerId, launchToken }) => {
        const lease = { now: Date.now(), leaseMs: 60_000 };
        void store
          .activateWorker({ workerId, launchToken, process: ownIdentity(), ...lease })
          .catch(() => {});
      },
    }),
  });
}
