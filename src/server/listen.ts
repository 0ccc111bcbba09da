import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { ClxError } from "../domain/errors.ts";

export interface ListenParams {
  readonly host: string;
  readonly port: number;
  readonly fetch: Parameters<typeof getRequestListener>[0];
}

export interface Listener {
  /** As a browser is given it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Takes no more connections; those that are idle end, others get `graceMs`. */
  close(params: { readonly graceMs: number }): Promise<void>;
}

/** @throws ClxError `conflict` when the port is taken, `invalid_value` when it cannot be had */
export async function listen({ host, port, fetch }: ListenParams): Promise<Listener> {
  // Of the process: its Response keeps text as text. That of Node makes a stream of it, which has to
  // be read again to be sent, and takes an eighth more processor time for a submit.
  const answer = getRequestListener(fetch, { overrideGlobalObjects: true });
  const server = createServer(
    (request: IncomingMessage, response: ServerResponse) => void answer(request, response),
  );
  server.listen({ host, port });
  try {
    await once(server, "listening");
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, { host, port });
  }
  const bound = server.address() as AddressInfo;
  return {
    host,
    port: bound.port,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound.port}`,
    close: ({ graceMs }) => close(server, graceMs),
  };
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const overdue = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(overdue);
}

function explain(
  error: NodeJS.ErrnoException,
  { host, port }: { readonly host: string; readonly port: number },
): ClxError {
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} of ${host} is taken by another program; end that, or use another: --port ${port + 1}, or --port 0 for any that is free`,
    EACCES: `port ${port} may not be used by you; use one above 1023: --port 5000`,
    EADDRNOTAVAIL: `${host} is no address of this machine; use --host 127.0.0.1`,
    ENOTFOUND: `there is no host ${host}; use --host 127.0.0.1`,
  };
  const words = why[error.code ?? ""] ?? `cannot listen on ${host}:${port}: ${error.message}`;
  return new ClxError(error.code === "EADDRINUSE" ? "conflict" : "invalid_value", words, {
    cause: error,
  });
}
