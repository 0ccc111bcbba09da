import { RequestError } from "../request-error.ts";
import type { Route } from "../route.ts";
import { parseJson } from "./parse-json.ts";
import { readQuery } from "./read-query.ts";

export interface ReadBody {
  readonly value: unknown;
  /** The field `_csrf` of a form, which is no part of the value. */
  readonly formToken: string | undefined;
}

const nothing: ReadBody = { value: undefined, formToken: undefined };

/** @throws ClxError `body_too_large`, from what the request says of itself */
export function checkDeclaredSize(request: Request, limit: number): void {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
}

/**
 * JSON everywhere, forms for pages too. A body that nobody asked for is not looked at.
 *
 * @throws ClxError `body_too_large`, `unsupported_media_type`, `invalid_value`
 */
export async function readBody(request: Request, route: Route, limit: number): Promise<ReadBody> {
  if (route.readsBodyItself || route.method === "GET") return nothing;
  if (route.body === undefined && route.tag !== "pages") return nothing;
  const bytes = await readBytes(request, limit);
  if (bytes.length === 0) return { ...nothing, value: emptyBody(route) };
  const media = mediaOf(request);
  if (media === "application/x-www-form-urlencoded" && route.tag === "pages") {
    return readForm(textOf(bytes));
  }
  if (media !== "application/json") throw unsupported(media, route);
  return { ...nothing, value: parseJson(textOf(bytes)) };
}

function emptyBody(route: Route): unknown {
  if (route.bodyIsOptional || route.body === undefined) return {};
  throw new RequestError("invalid_value", {
    message: "the request has no body; send JSON, with Content-Type: application/json",
  });
}

function readForm(text: string): ReadBody {
  const { _csrf, ...value } = readQuery(`?${text}`);
  return { value, formToken: typeof _csrf === "string" ? _csrf : undefined };
}

async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  // Node holds a sender to the length it declares, so this cannot become more than the limit.
  if (request.headers.has("content-length")) return new Uint8Array(await request.arrayBuffer());
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function mediaOf(request: Request): string {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") return `${encoding} of something`;
  return (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new RequestError("invalid_value", { message: "the body is not UTF-8" });
  }
}

function tooLarge(limit: number): RequestError {
  return new RequestError("body_too_large", {
    message: `the body is larger than ${limit} bytes, which is the most this server takes (server.body_limit)`,
    headers: { Connection: "close" },
    facts: { limit },
  });
}

function unsupported(media: string, { tag }: Route): RequestError {
  const given = media === "" ? "no Content-Type" : `Content-Type ${JSON.stringify(media)}`;
  const form = tag === "pages" ? " or application/x-www-form-urlencoded" : "";
  return new RequestError("unsupported_media_type", {
    message: `the body has ${given}; send application/json${form}`,
    headers: { Accept: "application/json" },
  });
}
