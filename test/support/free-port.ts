import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A port that is free, and stays so until somebody asks for it by its number: it is below those
 * that Linux gives to whoever wants any.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
}
