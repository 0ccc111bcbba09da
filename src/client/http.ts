import { ApiError } from "./api-error.ts";
import { sleep } from "./sleep.ts";

export interface HttpParams {
  readonly url: string;
  readonly key?: string | undefined;
  readonly fetch: typeof fetch;
  /** How often what may be repeated is tried again. */
  readonly retries: number;
}

export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  /** With each part that comes from elsewhere escaped. */
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Done twice, it is as if done once. */
  readonly isRepeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
}

const longestRestMs = 30_000;

/** Sends requests, tries again what is safe to repeat, and makes errors of refusals. */
export class Http {
  readonly #params: HttpParams;

  constructor(params: HttpParams) {
    this.#params = params;
  }

  async json<T>(call: Call): Promise<T> {
    return (await (await this.send(call)).json()) as T;
  }

  async send(call: Call): Promise<Response> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.#once(call);
      } catch (error) {
        if (tries >= this.#params.retries || !(error instanceof ApiError)) throw error;
        if (!isWorthRepeating(error, call)) throw error;
        const asked = Number(error.details.retryAfterMs ?? 0);
        const restMs = Math.max(asked, 100 * 2 ** tries) * (1 + Math.random() / 4);
        if (restMs > longestRestMs) throw error;
        await sleep(restMs, call.signal);
      }
    }
  }

  async #once({ method, path, query, body, headers, signal }: Call): Promise<Response> {
    const { url, key, fetch: send } = this.#params;
    const address = new URL(`${url.replace(/\/$/, "")}${path}${search(query)}`);
    const response = await send(address, {
      method,
      headers: {
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...(key !== undefined && { Authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    }).catch((cause: unknown) => {
      if (signal?.aborted) throw signal.reason;
      throw unreachable(url, cause);
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  }
}

function search(query: Readonly<Record<string, unknown>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, wordOf(value)]));
  return given.length === 0 ? "" : `?${text}`;
}

function wordOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

/** A refusal for the moment has done nothing; a lost connection may have. */
function isWorthRepeating({ status }: ApiError, { method, isRepeatable }: Call): boolean {
  if (status === 503 || status === 429) return true;
  return status === 0 && (isRepeatable ?? method === "GET");
}

function unreachable(url: string, cause: unknown): ApiError {
  const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const words = why instanceof Error ? why.message : String(why);
  return new ApiError({
    ...{ code: "unreachable", status: 0, cause },
    message: `nobody answers at ${url} (${words}); is the server running? ("clx serve" starts one)`,
  });
}

async function refusalOf(response: Response): Promise<ApiError> {
  const { status } = response;
  const text = await response.text().catch(() => "");
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  const waits = Number.isNaN(retryAfter) ? {} : { retryAfterMs: retryAfter * 1_000 };
  const said = envelopeIn(text);
  if (said === undefined) {
    const message = `${response.url} answered ${status}, and not as a server of clx does`;
    return new ApiError({ code: "internal", status, message, details: waits });
  }
  const { code, message, requestId, statusCode: _, ...details } = said;
  return new ApiError({ code, message, status, requestId, details: { ...details, ...waits } });
}

interface Envelope {
  readonly code: ApiError["code"];
  readonly message: string;
  readonly requestId?: string;
  readonly [key: string]: unknown;
}

function envelopeIn(text: string): Envelope | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: Partial<Envelope> };
    const isOurs = typeof error?.code === "string" && typeof error.message === "string";
    return isOurs ? (error as Envelope) : undefined;
  } catch {
    return undefined;
  }
}
