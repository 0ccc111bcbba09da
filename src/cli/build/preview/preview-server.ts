import { createReadStream, globSync, realpathSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";
import type { OutputTarget } from "../../../course/course.ts";
import { isBelow } from "../../../course/relative-to.ts";
import { ClxError } from "../../../domain/errors.ts";
import { framePage, listPage } from "./preview-pages.ts";

export interface Preview {
  readonly address: string;
  /** Tells the open pages that there is something new, and where outputs are now. */
  built(targets: readonly OutputTarget[]): void;
  close(): Promise<void>;
}

const loopback = "127.0.0.1";

const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".ipynb": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
};

/**
 * Shows the outputs of a course to whoever sits at this machine: on the loopback address only,
 * files of output targets only, and only to pages of its own (a name that a stranger lets point
 * at this address is refused).
 */
export async function openPreview(port: number): Promise<Preview> {
  const served = new Served();
  const server = createServer((request, response) => {
    try {
      served.answer(request, response);
    } catch {
      end(response, 404, "not found");
    }
  });
  await listen(server, port);
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  served.hosts = [`${loopback}:${bound}`, `localhost:${bound}`];
  return {
    address: `http://${loopback}:${bound}/`,
    built: (targets) => served.built(targets),
    close: async () => {
      served.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Served {
  hosts: readonly string[] = [];
  #targets: readonly OutputTarget[] = [];
  readonly #listeners = new Set<ServerResponse>();

  built(targets: readonly OutputTarget[]): void {
    this.#targets = targets;
    for (const listener of this.#listeners) listener.write("data: built\n\n");
  }

  close(): void {
    for (const listener of this.#listeners) listener.end();
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "/", headers } = request;
    const path = decodeURIComponent(new URL(url, "http://preview").pathname);
    if (!this.hosts.includes(headers.host ?? "")) end(response, 403, "not this address");
    else if (method !== "GET" && method !== "HEAD") end(response, 405, "only GET");
    else if (path === "/") html(response, listPage(this.#pages()));
    else if (path === "/changes") this.#listen(response);
    else if (path.startsWith("/view/")) html(response, framePage(path.slice("/view/".length)));
    else this.#file(path, response);
  }

  #listen(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write("retry: 1000\n\n");
    this.#listeners.add(response);
    response.on("close", () => this.#listeners.delete(response));
  }

  #file(place: string, response: ServerResponse): void {
    const path = this.#pathOf(place);
    if (path === undefined) {
      end(response, 404, "not found");
      return;
    }
    response.writeHead(200, {
      "content-type": mediaTypes[extname(path).toLowerCase()] ?? "application/octet-stream",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    createReadStream(path)
      .on("error", () => response.destroy())
      .pipe(response);
  }

  /** Of a file within an output target, links followed. */
  #pathOf(place: string): string | undefined {
    const [, files, name = "", ...rest] = place.split("/");
    const target = this.#targets.find((one) => one.name === name);
    if (files !== "files" || target === undefined) return undefined;
    const root = realpathSync(target.path);
    const path = realpathSync(join(root, ...rest));
    return isBelow(root, path) && statSync(path).isFile() ? path : undefined;
  }

  /** All pages, by the places that they are served at. */
  #pages(): readonly string[] {
    return this.#targets.flatMap(({ name, path }) =>
      globSync("**/*.html", { cwd: path })
        .map((found) => [name, ...found.split(sep)].join("/"))
        .toSorted(),
    );
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EADDRINUSE" ? "is in use; name another with --port" : error.message;
      reject(new ClxError("usage", `port ${port} of the preview ${why}`));
    });
    server.listen(port, loopback, () => resolve());
  });
}

function html(response: ServerResponse, text: string): void {
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(text);
}

function end(response: ServerResponse, status: number, text: string): void {
  if (!response.headersSent) response.writeHead(status, { "content-type": "text/plain" });
  response.end(`${text}\n`);
}
