import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** Between a worker and its server: answers get lost here, or come late, when a test says so. */
export class LossyDoor {
  readonly path: string;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  #share = 0;
  #lost: { readonly operation: string; readonly happened: () => void } | undefined;
  #late: { readonly operation: string; readonly happened: (go: () => void) => void } | undefined;

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

  /** The next answer to such a request waits here; resolves, when it has come, with what lets it go on. */
  holdNextAnswer(operation: string): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<() => void>();
    this.#late = { operation, happened: resolve };
    return promise;
  }

  /** From now on this share of all requests and answers gets lost, each with its connection. */
  loseSome(share: number): void {
    this.#share = share;
  }

  #pass(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.#connections.add(socket);
      socket.on("error", () => {}).on("close", () => this.#connections.delete(socket));
    }
    let operation: string | undefined;
    client.on("data", (chunk) => {
      operation = /^POST \S*\/([a-z-]+) HTTP/.exec(chunk.toString("latin1"))?.[1] ?? operation;
      if (Math.random() >= this.#share) server.write(chunk);
      else client.destroy();
    });
    server.on("data", (chunk) => {
      if (this.#late !== undefined && this.#late.operation === operation) {
        server.pause();
        this.#late.happened(() => {
          client.write(chunk);
          server.resume();
        });
        this.#late = undefined;
        return;
      }
      const isWanted = this.#lost !== undefined && this.#lost.operation === operation;
      if (!isWanted && Math.random() >= this.#share) return void client.write(chunk);
      if (isWanted) {
        this.#lost?.happened();
        this.#lost = undefined;
      }
      client.destroy();
      server.destroy();
    });
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
  }
}
