import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { ClxError } from "../../domain/errors.ts";
import type { ApiLinkSpec } from "../../domain/launch.ts";
import { workerApiFolder } from "../../machine/worker-api-folder.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { WorkerLinks } from "../worker-link.ts";
import type { WorkerListener } from "./listen-for-workers.ts";
import type { WorkerTokens } from "./worker-tokens.ts";

export interface WorkerApiHostParams {
  readonly store: TaskStore;
  /** See `workerApiPlace`. */
  readonly place: WorkerApiPlace;
  /** A unix socket unless given; asked for when it opens. */
  readonly tcp?: TcpWish | (() => Promise<TcpWish>);
  readonly onError?: (error: unknown) => void;
}

export interface WorkerApiPlace {
  /** Of this host alone, made when it opens. */
  readonly folder: string;
  /** The folder goes when the host closes: nobody comes back to it. */
  readonly isPassing: boolean;
  /** Where the project's secret is, made when it is missing; outside of `folder`. */
  readonly secretPath: string;
}

export interface TcpWish {
  /** Addresses of this machine to listen on: loopback, a bridge. */
  readonly hosts: readonly string[];
  /** The same one as last time, or any that is free, unless given. */
  readonly port?: number;
  /** What workers are told in the place of the first of `hosts`. */
  readonly advertisedHost?: string;
}

export interface LinkWish {
  /** Where the worker finds the folder, if not at its own path. */
  readonly folderAt?: string;
  readonly patienceMs?: number;
}

/**
 * Where the workers of a supervisor reach the store when they cannot open it: the worker API, on
 * an address of its own.
 *
 * Theory of operation
 *
 * It listens only once somebody asks for a link, or for `open`: a supervisor without such workers
 * has no socket. The address is the same for the next host with the same place, and so are the
 * tokens, which are made from the project's secret: persistent workers that wait for their next
 * supervisor find it where they found the last.
 *
 * On a unix socket: `api.sock`, mode 0600 in a folder of mode 0700 that has nothing else in it and
 * can be mounted whole; a socket that was mounted by itself would be the old one after a restart.
 * On TCP: each of `hosts`, on one port.
 *
 * Closed, whoever still works keeps what it has and waits for the next host.
 */
export class WorkerApiHost implements WorkerLinks {
  readonly #params: WorkerApiHostParams;
  #opening: Promise<OpenHost> | undefined;
  #isClosed = false;

  constructor(params: WorkerApiHostParams) {
    this.#params = params;
  }

  /** What is to be mounted into a container, whole; absent on TCP. */
  get socketFolder(): string | undefined {
    const { tcp, place } = this.#params;
    return tcp === undefined ? place.folder : undefined;
  }

  /** For one worker, who alone may have it. Opens the host when it is not open yet. */
  async linkFor(workerId: string, wish: LinkWish = {}): Promise<ApiLinkSpec> {
    const { tokens, addressAt } = await this.#open();
    const { patienceMs } = wish;
    return {
      kind: "api",
      address: addressAt(wish.folderAt),
      token: tokens.tokenOf(workerId),
      ...(patienceMs !== undefined && { patienceMs }),
    };
  }

  /** For workers that are there already and wait for it. */
  async open(): Promise<void> {
    await this.#open();
  }

  /** Harmless when it is not open, or closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const host = await this.#opening?.catch(() => undefined);
    this.#opening = undefined;
    await host?.close();
  }

  async #open(): Promise<OpenHost> {
    if (this.#isClosed) {
      throw new ClxError("interrupted", "the worker API is closed: its supervisor is stopping");
    }
    this.#opening ??= openHost(this.#params).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return await this.#opening;
  }
}

/** Of `services` and `server` there is one at a time; a run has a name that nobody else has. */
export type WorkerApiKeeper = "services" | "server" | { readonly run: string };

/**
 * Where a supervisor's workers find it: beside the database, in a folder for each keeper. The
 * next keeper of the same name comes to the same place.
 */
export function workerApiPlace(databasePath: string, keeper: WorkerApiKeeper): WorkerApiPlace {
  const base = workerApiFolder(databasePath);
  const isPassing = typeof keeper !== "string";
  return {
    folder: join(base, isPassing ? runPrefix + keeper.run : keeper),
    isPassing,
    secretPath: join(base, "secret"),
  };
}

const runPrefix = "run-";
/** A place that is younger may be one that is just being opened. */
const openedWithinMs = 60_000;

interface OpenHost {
  readonly tokens: WorkerTokens;
  readonly addressAt: (folderAt: string | undefined) => string;
  readonly close: () => Promise<void>;
}

/** What listening needs is loaded only now: few supervisors do. */
async function openHost(params: WorkerApiHostParams): Promise<OpenHost> {
  const { store, place, onError } = params;
  const tcp = typeof params.tcp === "function" ? await params.tcp() : params.tcp;
  const { WorkerApi } = await import("./worker-api.ts");
  const { WorkerTokens } = await import("./worker-tokens.ts");
  const { listenOnPort, listenOnSocket, socketName } = await import("./listen-for-workers.ts");
  mkdirSync(dirname(place.folder), { recursive: true, mode: 0o700 });
  await removeLeftPlaces(dirname(place.folder));
  const tokens = WorkerTokens.at(place.secretPath);
  const api = new WorkerApi({ store, tokens, ...(onError && { onError }) });
  let listener: WorkerListener;
  try {
    const portFile = `${place.folder}.port`;
    listener = tcp
      ? await listenOnPort(api, { ...tcp, portFile })
      : await listenOnSocket(api, place.folder);
  } catch (error) {
    api.close();
    throw error;
  }
  return {
    tokens,
    addressAt: (folderAt) =>
      tcp
        ? `http://${urlHost(tcp.advertisedHost ?? tcp.hosts[0] ?? "127.0.0.1")}:${listener.port}`
        : `unix:${join(folderAt ?? place.folder, socketName)}`,
    close: async () => {
      api.close();
      await listener.close();
      if (place.isPassing) rmSync(place.folder, { recursive: true, force: true });
    },
  };
}

/** Of runs that were killed. */
async function removeLeftPlaces(base: string): Promise<void> {
  const { isListenedTo, socketName } = await import("./listen-for-workers.ts");
  for (const name of readdirSync(base).filter((one) => one.startsWith(runPrefix))) {
    const folder = join(base, name);
    const place = statSync(folder, { throwIfNoEntry: false });
    const isNew = place !== undefined && Date.now() - place.mtimeMs < openedWithinMs;
    if (place === undefined || isNew || (await isListenedTo(join(folder, socketName)))) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
