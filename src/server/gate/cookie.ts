/**
 * The cookie of a sign-in.
 *
 * Cookies of a host go to all of its ports, so the name has the port in it: two servers on one
 * machine do not sign each other out. Over https the name begins with `__Host-`, which browsers
 * take from nobody but us.
 */
export function readSignInCookie(request: Request): string | undefined {
  const wanted = `${nameFor(request)}=`;
  for (const part of (request.headers.get("Cookie") ?? "").split(";")) {
    const cookie = part.trim();
    if (cookie.startsWith(wanted)) return cookie.slice(wanted.length) || undefined;
  }
  return undefined;
}

export function writeSignInCookie(request: Request, secret: string, lifeMs: number): string {
  return cookieFor(request, secret, Math.floor(lifeMs / 1_000));
}

export function endSignInCookie(request: Request): string {
  return cookieFor(request, "", 0);
}

export function hostOf(request: Request): string {
  return request.headers.get("Host") ?? new URL(request.url).host;
}

function cookieFor(request: Request, value: string, maxAge: number): string {
  const attributes = ["Path=/", `Max-Age=${maxAge}`, "HttpOnly", "SameSite=Strict"];
  if (cameSecurely(request)) attributes.push("Secure");
  return [`${nameFor(request)}=${value}`, ...attributes].join("; ");
}

function nameFor(request: Request): string {
  const port = /:(\d+)$/.exec(hostOf(request))?.[1];
  const name = port === undefined ? "clx_sign_in" : `clx_sign_in_${port}`;
  return cameSecurely(request) ? `__Host-${name}` : name;
}

/** The header of a proxy is believed here: whoever forges it makes a cookie that they cannot use. */
function cameSecurely(request: Request): boolean {
  const forwarded = request.headers.get("X-Forwarded-Proto")?.split(",")[0]?.trim();
  return (forwarded ?? new URL(request.url).protocol.replace(":", "")) === "https";
}
