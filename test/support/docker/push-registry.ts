import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";

interface Stored {
  readonly bytes: Buffer;
  readonly type: string;
}

/**
 * As much of a registry of images as `docker push` and `docker pull` need, in memory. Engines
 * speak plain HTTP with addresses of the loopback.
 */
export class Registry {
  readonly #blobs = new Map<string, Stored>();
  readonly #manifests = new Map<string, Stored>();
  readonly #uploads = new Map<string, Buffer>();
  readonly #refuses: boolean;
  address = "";

  private constructor({ refuses }: { readonly refuses: boolean }) {
    this.#refuses = refuses;
  }

  static async open({ refuses = false } = {}): Promise<Registry> {
    const registry = new Registry({ refuses });
    const server = createServer((request, response) => {
      registry.#answer(request, response).catch((error) => {
        response.writeHead(500).end(String(error));
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    registry.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return registry;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://registry");
    if (this.#refuses) {
      response.writeHead(401, { "WWW-Authenticate": 'Basic realm="registry"' }).end();
      return;
    }
    const [, kind = "", id = ""] =
      /\/(blobs\/uploads|blobs|manifests)\/?([^/]*)$/.exec(pathname) ?? [];
    if (kind === "blobs/uploads")
      return await this.#upload(request, response, { id, searchParams });
    if (kind === "manifests" && request.method === "PUT") {
      const stored = { bytes: await buffer(request), type: request.headers["content-type"] ?? "" };
      const digest = digestOf(stored.bytes);
      for (const name of [id, digest]) this.#manifests.set(name, stored);
      response.writeHead(201, { "Docker-Content-Digest": digest }).end();
      return;
    }
    const found = (kind === "manifests" ? this.#manifests : this.#blobs).get(id);
    if (kind === "") response.writeHead(200).end();
    else if (found === undefined) response.writeHead(404).end();
    else {
      response.writeHead(200, {
        ...{ "Content-Type": found.type, "Content-Length": found.bytes.length },
        "Docker-Content-Digest": digestOf(found.bytes),
      });
      response.end(request.method === "HEAD" ? undefined : found.bytes);
    }
  }

  async #upload(
    request: IncomingMessage,
    response: ServerResponse,
    { id, searchParams }: { readonly id: string; readonly searchParams: URLSearchParams },
  ): Promise<void> {
    const upload = id === "" ? randomUUID() : id;
    const bytes = Buffer.concat([
      this.#uploads.get(upload) ?? Buffer.alloc(0),
      await buffer(request),
    ]);
    this.#uploads.set(upload, bytes);
    const path = request.url?.replace(/\/blobs\/uploads\/.*$/, `/blobs/uploads/${upload}`);
    const headers = { Location: path ?? "", Range: `0-${Math.max(0, bytes.length - 1)}` };
    if (request.method === "PUT") {
      this.#blobs.set(searchParams.get("digest") ?? "", {
        bytes,
        type: "application/octet-stream",
      });
      response.writeHead(201, headers).end();
    } else response.writeHead(202, headers).end();
  }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
