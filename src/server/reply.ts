/**
 * A JSON answer. Its body is given as text: what `Response.json` makes is a stream to whoever sends
 * it, and took a tenth of the processor time of a submit.
 */
export function json(
  value: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Response {
  const media = { "Content-Type": "application/json" };
  return new Response(JSON.stringify(value), { status, headers: { ...media, ...headers } });
}
