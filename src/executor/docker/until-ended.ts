import type Docker from "dockerode";

/**
 * The exit code of a container, once it has ended.
 *
 * Read as a stream: the engine begins its answer at once and ends it with the container, and the
 * client never settles a plain answer that was begun by an engine which is killed meanwhile.
 */
export async function untilEnded(
  { id, modem }: Docker.Container,
  signal: AbortSignal,
): Promise<number> {
  const asked = {
    path: `/containers/${id}/wait?condition=not-running`,
    method: "POST",
    isStream: true,
    abortSignal: signal,
    statusCodes: { 200: true, 404: "no such container", 500: "server error" },
  };
  const { promise, resolve, reject } = Promise.withResolvers<NodeJS.ReadableStream>();
  modem.dial(asked, (error: Error | null, answer: NodeJS.ReadableStream) => {
    if (error) reject(error);
    else resolve(answer);
  });
  let text = "";
  for await (const chunk of await promise) text += String(chunk);
  const { StatusCode } = JSON.parse(text) as { readonly StatusCode: number };
  return StatusCode;
}
