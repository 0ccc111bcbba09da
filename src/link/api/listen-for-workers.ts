import { once } from "node:events";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { ClxError } from "../../domain/errors.ts";
import { socketPath } from "./socket-path.ts";
import type { WorkerApi } from "./worker-api.ts";

export interface WorkerListener {
  /** The port, on TCP. */
  readonly port?: number;
  close(): Promise<void>;
}

export const socketName = "api.sock";

/** For answers under way when it closes. */
const answersGraceMs = 500;

const limits = {
  /** Longer than any pause of a worker between two requests. */
  keepAliveTimeout: 75_000,
  headersTimeout: 10_000,
  /** For the whole of a request to come in. */
  requestTimeout: 60_000,
  connectionsCheckingInterval: 2_000,
};

/** A connection on which nothing moves is ended, whatever was said on it before. */
const silentMs = 90_000;

const mostConnections = 4_096;

/** On `api.sock` in a folder that it makes, mode 0600 in 0700; in the place of one left behind. */
export async function listenOnSocket(api: WorkerApi, folder: string): Promise<WorkerListener> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const path = join(folder, socketName);
  const draft = socketPath(join(folder, `${process.pid}.new`));
  const place = socketPath(path);
  const server = serverOf(api);
  try {
    await refuseTaken(path);
    rmSync(draft.path, { force: true });
    await listen(server, { path: draft.path }, folder);
    chmodSync(draft.path, 0o600);
    renameSync(draft.path, place.path);
  } catch (error) {
    server.close();
    draft.close();
    place.close();
    throw error;
  }
  const own = lstatSync(path).ino;
  return {
    close: async () => {
      if (lstatSync(path, { throwIfNoEntry: false })?.ino === own) rmSync(path, { force: true });
      await close(server);
      draft.close();
      place.close();
    },
  };
}

export interface ListenOnPortParams {
  readonly hosts: readonly string[];
  readonly port?: number | undefined;
  /** Remembers which port it was. */
  readonly portFile: string;
}

/** On one port of each of the hosts: the wanted one, that of the last time, or any. */
export async function listenOnPort(
  api: WorkerApi,
  { hosts, port, portFile }: ListenOnPortParams,
): Promise<WorkerListener> {
  if (port !== undefined) return await listenOnEach(api, { hosts, port });
  const before = readPort(portFile);
  let listener: WorkerListener;
  try {
    listener = await listenOnEach(api, { hosts, port: before ?? 0 });
  } catch (error) {
    if (before === undefined) throw error;
    listener = await listenOnEach(api, { hosts, port: 0 });
  }
  writeFileSync(portFile, `${listener.port}\n`);
  return listener;
}

async function listenOnEach(
  api: WorkerApi,
  { hosts, port }: { readonly hosts: readonly string[]; readonly port: number },
): Promise<WorkerListener> {
  const servers: Server[] = [];
  const closeAll = async () => {
    await Promise.all(servers.map(close));
  };
  let bound = port;
  try {
    for (const host of hosts) {
      const server = serverOf(api);
      await listen(server, { host, port: bound }, `port ${bound} of ${host}`);
      servers.push(server);
      bound = (server.address() as AddressInfo).port;
    }
  } catch (error) {
    await closeAll();
    throw error;
  }
  return { port: bound, close: closeAll };
}

function serverOf(api: WorkerApi): Server {
  const answer = getRequestListener((request) => api.fetch(request), {
    overrideGlobalObjects: false,
  });
  const server = createServer(limits, (request, response) => void answer(request, response));
  server.maxConnections = mostConnections;
  server.timeout = silentMs;
  return server;
}

async function listen(server: Server, where: object, words: string): Promise<void> {
  server.listen(where);
  try {
    await once(server, "listening");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why =
      code === "ENOTSUP" || code === "EOPNOTSUPP" || code === "EPERM"
        ? "its file system has no sockets; let workers connect by TCP"
        : message;
    throw new ClxError(
      code === "EADDRINUSE" ? "conflict" : "invalid_value",
      `the worker API cannot listen on ${words}: ${why}`,
      { cause },
    );
  }
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const overdue = setTimeout(() => server.closeAllConnections(), answersGraceMs);
  await closed;
  clearTimeout(overdue);
}

/** A socket that nobody listens to any more may be replaced. */
async function refuseTaken(path: string): Promise<void> {
  if (!(await isListenedTo(path))) return;
  throw new ClxError(
    "conflict",
    `another process keeps workers in containers that outlive it, and listens for them at ${path}; end it first (clx stop-services, or the server or supervisor that does), or start yours without --persistent`,
  );
}

export async function isListenedTo(wanted: string): Promise<boolean> {
  const { path, close: closePath } = socketPath(wanted);
  const socket = connect({ path });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
    closePath();
  }
}

function readPort(path: string): number | undefined {
  try {
    const port = Number(readFileSync(path, "utf8"));
    return Number.isInteger(port) && port > 0 ? port : undefined;
  } catch {
    return undefined;
  }
}
