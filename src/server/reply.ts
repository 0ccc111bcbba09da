/** A JSON answer. Its body is given as text, which is sent as it is (`listen.ts`). */
export function json(
  value: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Response {
  const media = { "Content-Type": "application/json" };
  return new Response(JSON.stringify(value), { status, headers: { ...media, ...headers } });
}
