import { newId } from "../../domain/ids.ts";

const sensible = /^[\w.:-]{1,64}$/;

/** The caller's own, so that logs of both sides can be joined, or a new one. */
export function requestIdOf(request: Request, now: number): string {
  const given = request.headers.get("x-request-id");
  return given !== null && sensible.test(given) ? given : newId(now);
}
