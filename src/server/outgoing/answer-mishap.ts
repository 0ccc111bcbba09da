import type { Context } from "hono";
import { requestIdOf } from "../incoming/request-id.ts";
import type { ServerContext } from "../server-context.ts";
import { nobody } from "../trail.ts";
import { answerError } from "./answer-error.ts";
import { finish } from "./finish.ts";

/** When even the answer to an error could not be made: the envelope, which needs nothing. */
export async function answerMishap(
  error: Error,
  http: Context,
  server: ServerContext,
): Promise<Response> {
  const requestId = requestIdOf(http.req.raw, server.clock.now());
  const params = { http, server, requestId, caller: nobody, isPage: false };
  return finish(await answerError(error, params), http, requestId);
}
