import { z } from "zod";
import { type SignInModel, signIn } from "../../dashboard/sign-in.ts";
import { ClxError, errorFacts } from "../../domain/errors.ts";
import { addressOf } from "../gate/address.ts";
import { readSignInCookie } from "../gate/cookie.ts";
import { ownPath } from "../gate/own-path.ts";
import { TooManyRequestsError } from "../gate/too-many-requests-error.ts";
import { type Asked, defineRoute, type Route } from "../route.ts";
import { sentence } from "./act-and-show.ts";
import { showPage, viewerOf } from "./show-page.ts";

type Visit = Pick<Asked, "caller" | "server" | "http">;

/** Longer ones are somebody's mistake. */
const longestPath = 2_000;

export const signInRoutes: readonly Route[] = [
  defineRoute({
    method: "GET",
    path: "/sign-in",
    name: "showSignIn",
    tag: "pages",
    summary: "The form that asks for a key",
    needs: "public",
    query: z.object({ to: z.string().max(longestPath).optional() }),
    answers: { 200: { description: "The page", media: "text/html" } },
    async handle(asked) {
      const to = ownPath(asked.query.to);
      return await showSignIn(asked, { to, why: to === "/" ? undefined : whyAsked(asked) });
    },
  }),
  defineRoute({
    method: "POST",
    path: "/sign-in",
    name: "signIn",
    tag: "pages",
    summary: "Exchange a key for a sign-in",
    needs: "public",
    action: "access.sign_in",
    body: z.object({
      key: z.string().min(1).max(1_000),
      to: z.string().max(longestPath).optional(),
    }),
    answers: {
      303: { description: "To where one wanted to go" },
      401: { description: "The page again, with the reason", media: "text/html" },
      429: { description: "The page again, with the reason", media: "text/html" },
    },
    async handle(asked) {
      const { body, http, server } = asked;
      const to = ownPath(body.to);
      try {
        const address = addressOf(http);
        const params = { request: http.req.raw, key: body.key, address };
        const { caller, cookie } = await server.gate.signIn(params);
        asked.audit({ by: caller });
        return new Response(null, { status: 303, headers: { Location: to, "Set-Cookie": cookie } });
      } catch (error) {
        return await showRefusal(asked, to, error);
      }
    },
  }),
  defineRoute({
    method: "POST",
    path: "/sign-out",
    name: "signOut",
    tag: "pages",
    summary: "End the sign-in of the browser",
    needs: "public",
    action: "access.sign_out",
    answers: { 303: { description: "To the sign-in page" } },
    async handle({ server, http }) {
      const cookie = await server.gate.signOut(http.req.raw);
      const headers = { Location: "/sign-in", "Set-Cookie": cookie };
      return new Response(null, { status: 303, headers });
    },
  }),
];

/**
 * What nobody gets instead of a page: the form that leads there.
 *
 * Our cookie stays at home when somebody follows a link from another site (`SameSite=Strict`). So
 * the page asks for itself once more, now from our own site: who has signed in sees it then.
 */
export async function askToSignIn(asked: Omit<Visit, "caller">): Promise<Response> {
  const visit: Visit = { ...asked, caller: { kind: "nobody", name: "nobody" } };
  const { pathname, search } = new URL(visit.http.req.raw.url);
  const answer = await showSignIn(visit, {
    to: ownPath(pathname + search),
    why: whyAsked(visit),
    status: 401,
  });
  const cameFromElsewhere = visit.http.req.header("Sec-Fetch-Site") === "cross-site";
  if (cameFromElsewhere && visit.http.req.method === "GET") answer.headers.set("Refresh", "0");
  return answer;
}

interface Shown extends Pick<SignInModel, "to" | "why" | "problem"> {
  readonly status?: number;
}

async function showSignIn(visit: Visit, { status = 200, ...model }: Shown): Promise<Response> {
  const { caller } = visit;
  const main = signIn({ ...model, viewer: viewerOf(caller), isOpen: caller.kind === "local" });
  return await showPage(visit, { title: "Sign in", main, status });
}

async function showRefusal(asked: Asked, to: string, error: unknown): Promise<Response> {
  if (!(error instanceof ClxError)) throw error;
  asked.audit({ reason: error.message });
  const { status } = errorFacts[error.code];
  const answer = await showSignIn(asked, { to, status, problem: sentence(error.message) });
  if (error instanceof TooManyRequestsError) {
    answer.headers.set("Retry-After", String(Math.ceil(error.retryAfterMs / 1_000)));
  }
  return answer;
}

function whyAsked({ http, caller }: Visit): string | undefined {
  if (caller.kind !== "nobody") return undefined;
  const hadOne = readSignInCookie(http.req.raw) !== undefined;
  return hadOne ? "Your sign-in has ended." : "This page is for those who have a key.";
}
