import type { Context } from "hono";
import { ClxError, type ErrorCode, errorFacts } from "../../domain/errors.ts";
import { AdmissionRefusedError } from "../../supervisor/admission.ts";
import type { Caller } from "../gate/caller.ts";
import { KeyNeededError } from "../gate/key-needed-error.ts";
import { askToSignIn } from "../pages/sign-in.ts";
import { json } from "../reply.ts";
import { RequestError } from "../request-error.ts";
import type { ServerContext } from "../server-context.ts";
import { type ErrorPageParams, errorPage } from "./error-page.ts";

export interface ErrorAnswerParams {
  readonly http: Context;
  readonly server: ServerContext;
  readonly requestId: string;
  readonly caller: Caller;
  /** For a person: HTML instead of the envelope. */
  readonly isPage: boolean;
}

/** The envelope, or its page. What is our own fault is logged in full, and told in general words. */
export async function answerError(error: unknown, params: ErrorAnswerParams): Promise<Response> {
  const { http, server, requestId, isPage } = params;
  const code = codeOf(error);
  const { status } = errorFacts[code];
  const message = wordsFor(error, code);
  if (status >= 500 && code !== "shutting_down") {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const what = `${http.req.method} ${http.req.path} failed (request ${requestId})`;
    server.log("error", `${what}: ${why}`, { requestId, code });
  }
  const headers = headersFor(error, code);
  if (isPage && error instanceof KeyNeededError) return await askToSignIn({ server, http });
  if (isPage) return await pageOf({ ...params, status, message }, headers);
  const envelope = { error: { code, message, statusCode: status, requestId, ...factsOf(error) } };
  return json(envelope, { status, headers });
}

async function pageOf(
  params: ErrorPageParams,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const page = await errorPage(params);
  for (const [name, value] of Object.entries(headers)) page.headers.set(name, value);
  return page;
}

export function codeOf(error: unknown): ErrorCode {
  return error instanceof ClxError ? error.code : "internal";
}

const ourFaults: Partial<Record<ErrorCode, string>> = {
  internal: "something went wrong in the server; its log has more under this request id",
  store_busy: "the store is busy; try again in a moment",
  store_full: "the store's disk is full; the administrator of the server must make room",
  store_io: "the store cannot be read or written just now; try again in a moment",
  store_closed: "the store is closed; the server is shutting down",
};

/** Messages of our own faults may speak of paths and processes, which are not for everybody. */
function wordsFor(error: unknown, code: ErrorCode): string {
  const isOurs = code in ourFaults || errorFacts[code].status === 500;
  if (isOurs) return ourFaults[code] ?? `${ourFaults.internal} (${code})`;
  return error instanceof Error ? error.message : String(error);
}

function headersFor(error: unknown, code: ErrorCode): Record<string, string> {
  if (error instanceof RequestError) return { ...error.headers };
  const after = retryAfterOf(error, code);
  return after === undefined ? {} : { "Retry-After": String(after) };
}

/** Seconds. */
function retryAfterOf(error: unknown, code: ErrorCode): number | undefined {
  if (error instanceof Error && "retryAfterMs" in error && typeof error.retryAfterMs === "number") {
    return Math.max(1, Math.ceil(error.retryAfterMs / 1_000));
  }
  return errorFacts[code].status === 503 ? 1 : undefined;
}

function factsOf(error: unknown): object {
  if (error instanceof RequestError) return error.facts;
  if (error instanceof AdmissionRefusedError) return { limit: error.limit, room: error.room };
  return {};
}
