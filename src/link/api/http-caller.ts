import type { Agent, ClientRequest, request as httpRequest, IncomingMessage } from "node:http";
import { ClxError, type ErrorCode, errorFacts } from "../../domain/errors.ts";
import { protocolVersion, versionHeader } from "./protocol.ts";
import { type SocketPath, socketPath } from "./socket-path.ts";

export interface HttpCallerParams {
  /** `unix:/path`, `http://host:port`, `https://…`. */
  readonly address: string;
  /** None where nobody is asked who they are. */
  readonly token: string | undefined;
}

export interface HttpCall {
  readonly path: string;
  readonly body: object;
  /** The connection is given up when nothing moves on it for so long. */
  readonly quietMs: number;
  readonly signal?: AbortSignal;
}

/** POSTs JSON to one server, over connections that it keeps. */
export class HttpCaller {
  readonly #params: HttpCallerParams;
  readonly #request: typeof httpRequest;
  readonly #agent: Agent;
  readonly #target: object;
  readonly #prefix: string;
  readonly #socket: SocketPath | undefined;

  private constructor(params: HttpCallerParams, { request, agent, target }: Door) {
    this.#params = params;
    this.#request = request;
    this.#agent = agent;
    this.#target = target.options;
    this.#prefix = target.prefix;
    this.#socket = target.socket;
  }

  /** @throws ClxError `invalid_value` for an address that is none */
  static async open(params: HttpCallerParams): Promise<HttpCaller> {
    const target = targetOf(params.address);
    // Loaded when it is needed: a worker on this machine's store starts sooner, and is smaller.
    const http = params.address.startsWith("https:")
      ? await import("node:https")
      : await import("node:http");
    const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
    return new HttpCaller(params, { request: http.request, agent, target });
  }

  /**
   * @throws ClxError what the server says; `unreachable` when it says nothing, or nothing of ours
   */
  async call(call: HttpCall): Promise<unknown> {
    const { token } = this.#params;
    const body = Buffer.from(JSON.stringify(call.body));
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request: ClientRequest = this.#request({
      ...this.#target,
      agent: this.#agent,
      method: "POST",
      path: this.#prefix + call.path,
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        [versionHeader]: protocolVersion,
        "Content-Type": "application/json",
        "Content-Length": body.length,
      },
      ...(call.signal && { signal: call.signal }),
    });
    request.setTimeout(call.quietMs, () => {
      request.destroy(new Error(`no answer for ${call.quietMs} ms`));
    });
    request.on("response", resolve).on("error", reject);
    request.end(body);
    try {
      const response = await promise;
      return this.#read(response.statusCode ?? 0, await textOf(response));
    } catch (error) {
      throw error instanceof ClxError ? error : this.#unreachable(error);
    }
  }

  close(): void {
    this.#agent.destroy();
    this.#socket?.close();
  }

  #read(status: number, text: string): unknown {
    const value = parse(text);
    if (status >= 200 && status < 300 && value !== undefined) return value;
    const { error } = (value ?? {}) as { error?: { code?: unknown; message?: unknown } };
    if (isCode(error?.code)) throw new ClxError(error.code, String(error.message));
    throw this.#unreachable(new Error(`it answered ${status}, and not as the worker API does`));
  }

  #unreachable(cause: unknown): ClxError {
    const why = cause instanceof Error ? cause.message : String(cause);
    const words = `the worker API at ${this.#params.address} cannot be reached: ${why}`;
    return new ClxError("unreachable", words, { cause });
  }
}

interface Door {
  readonly request: typeof httpRequest;
  readonly agent: Agent;
  readonly target: Target;
}

interface Target {
  readonly options: object;
  readonly prefix: string;
  readonly socket?: SocketPath;
}

function targetOf(address: string): Target {
  if (address.startsWith("unix:")) {
    const socket = socketPath(address.slice("unix:".length));
    return { options: { socketPath: socket.path, host: "localhost" }, prefix: "", socket };
  }
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new ClxError(
      "invalid_value",
      `"${address}" is no address of a server; write http://host:port`,
    );
  }
  const { hostname, port, protocol, pathname } = url;
  const host = hostname.replace(/^\[|\]$/g, "");
  const options = { host, protocol, ...(port !== "" && { port: Number(port) }) };
  return { options, prefix: pathname.replace(/\/+$/, "") };
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(errorFacts, code);
}
