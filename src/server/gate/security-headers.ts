import type { Context, MiddlewareHandler } from "hono";

const everywhere: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

/**
 * On every answer, errors and unknown paths among them. What says nothing of keeping it is data
 * and is kept by nobody; only assets, which are the same for all, say something.
 */
export function securityHeaders(): MiddlewareHandler {
  return async (http, next) => {
    await next();
    addSecurityHeaders(http);
  };
}

export function addSecurityHeaders({ res }: Context): void {
  for (const [name, value] of Object.entries(everywhere)) res.headers.set(name, value);
  if (!res.headers.has("Cache-Control")) res.headers.set("Cache-Control", "no-store");
}
