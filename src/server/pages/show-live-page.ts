import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Html } from "../../dashboard/html.ts";
import type { Caller } from "../gate/caller.ts";
import { perServer } from "../per-server.ts";
import type { Asked } from "../route.ts";
import { SharedLook } from "./shared-look.ts";
import { htmlHeaders, type Shown, showPage } from "./show-page.ts";

/** Below it a packed answer is hardly shorter. */
const worthPacking = 2_000;

export interface LivePage extends Omit<Shown, "main" | "status"> {
  /** In one spelling: who asks for the same is answered with the same. */
  readonly address: string;
  /** What it says may depend on the name and role of who looks, and on nothing else of them. */
  draw(viewer: Caller): Promise<Html>;
}

/**
 * Answers with a page, or with what is in it to one that keeps itself up to date (`X-Live`).
 *
 * When something changes, every page that shows it asks at once. They are all sent the same bytes:
 * it is looked up, drawn and packed once for all who may see the same. So nothing secret is in it:
 * the token of forms is empty, and each page puts its own in. Nothing is sent to a page that has it
 * already: times tick in the browser, so their words make no difference.
 */
export async function showLivePage(
  asked: Pick<Asked, "caller" | "server" | "http">,
  { address, draw, ...shown }: LivePage,
): Promise<Response> {
  const { caller, server, http } = asked;
  if (!isAskedByLivePage(asked))
    return await showPage(asked, { ...shown, main: await draw(caller) });
  const { name, role, kind, csrfToken } = caller;
  const viewer = csrfToken === undefined ? caller : { ...caller, csrfToken: "" };
  const like = JSON.stringify([address, name, role, kind, csrfToken !== undefined]);
  const look = async () => new Drawn(String(await draw(viewer)));
  const drawn = await sharedLook(server).get(like, look);
  const headers = htmlHeaders({ ETag: drawn.tag, Vary: "HX-Request, X-Live, Accept-Encoding" });
  if (http.req.header("If-None-Match") === drawn.tag)
    return new Response(null, { status: 304, headers });
  if (!drawn.isWorthPacking || !takesGzip(http.req.header("Accept-Encoding")))
    return new Response(drawn.body, { headers });
  return new Response(await drawn.packed(), {
    headers: { ...headers, "Content-Encoding": "gzip" },
  });
}

export function isAskedByLivePage({ http }: Pick<Asked, "http">): boolean {
  return http.req.header("X-Live") === "true";
}

const sharedLook = perServer(() => new SharedLook<Drawn>());

class Drawn {
  readonly body: Buffer<ArrayBuffer>;
  readonly tag: string;
  #packed: Promise<Buffer<ArrayBuffer>> | undefined;

  constructor(text: string) {
    this.body = Buffer.from(text);
    const lasting = text.replaceAll(/(<time [^>]*data-tick[^>]*>)[^<]*/g, "$1");
    this.tag = `W/"${createHash("sha1").update(lasting).digest("base64url")}"`;
  }

  get isWorthPacking(): boolean {
    return this.body.length > worthPacking;
  }

  packed(): Promise<Buffer<ArrayBuffer>> {
    this.#packed ??= promisify(gzip)(this.body, { level: 1 });
    return this.#packed;
  }
}

function takesGzip(accepted = ""): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted);
}
