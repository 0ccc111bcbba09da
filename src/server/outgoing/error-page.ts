import { html } from "hono/html";

export interface ErrorPageParams {
  readonly status: number;
  readonly message: string;
  readonly requestId: string;
}

/** What a person sees instead of the envelope. */
export function errorPage({ status, message, requestId }: ErrorPageParams): string {
  return html`<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>${status} · CLX</title></head>
  <body><main><h1>${status}</h1><p>${message}</p><p><small>Request ${requestId}</small></p><p><a href="/">Overview</a></p></main></body>
</html>`.toString();
}
