import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** Between a worker and its server: answers get lost here when a test says so. */
export class LossyDoor {
  readonly path: string;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  #lost: { readonly operation: string; readonly happened: () => void } | undefined;

  private constructor(path: string, target: string) {
    this.path = path;
    this.#server = createServer((client) => this.#pass(client, connect({ path: target })));
  }

  static async open(path: string, target: string): Promise<LossyDoor> {
    const door = new LossyDoor(path, target);
    door.#server.listen({ path });
    await once(door.#server, "listening");
    onTestFinished(() => {
      for (const connection of door.#connections) connection.destroy();
      door.#server.close();
    });
    return door;
  }

  /** The next answer to such a request does not arrive; resolves when that has happened. */
  loseNextAnswer(operation: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lost = { operation, happened: resolve };
    return promise;
  }

  #pass(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.#connections.add(socket);
      socket.on("error", () => {}).on("close", () => this.#connections.delete(socket));
    }
    let operation: string | undefined;
    client.on("data", (chunk) => {
      operation = /^POST \S*\/([a-z-]+) HTTP/.exec(chunk.toString("latin1"))?.[1] ?? operation;
      server.write(chunk);
    });
    server.on("data", (chunk) => {
      if (this.#lost === undefined || this.#lost.operation !== operation) client.write(chunk);
      else {
        this.#lost.happened();
        this.#lost = undefined;
        client.destroy();
        server.destroy();
      }
    });
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
  }
}
