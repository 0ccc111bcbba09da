import type { Context } from "hono";
import { addSecurityHeaders } from "../gate/security-headers.ts";

/** What every answer has, whoever made it. */
export function finish(response: Response, http: Context, requestId: string): Response {
  addSecurityHeaders(response.headers);
  response.headers.set("X-Request-Id", requestId);
  if (http.req.raw.method === "HEAD") void response.body?.cancel().catch(() => {});
  return response;
}
