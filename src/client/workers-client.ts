import type { Http } from "./http.ts";
import type { Worker, Workers, WorkersStatus } from "./shapes.ts";

export class WorkersClient {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  list(): Promise<Workers> {
    return this.#http.json({ method: "GET", path: "/api/workers" });
  }

  get(id: string): Promise<Worker> {
    return this.#http.json({ method: "GET", path: workerPath(id) });
  }

  /** With what the machine can still give. */
  status(): Promise<WorkersStatus> {
    return this.#http.json({ method: "GET", path: "/api/workers/status" });
  }

  async add(body: { workerId?: string; type?: string; force?: boolean } = {}): Promise<Worker> {
    const call = { method: "POST", path: "/api/workers", body } as const;
    return (await this.#http.json<{ status: Worker }>(call)).status;
  }

  async remove(id: string): Promise<void> {
    await this.#http.json({ method: "DELETE", path: workerPath(id) });
  }

  drain(id: string): Promise<Worker> {
    return this.#http.json({ method: "POST", path: `${workerPath(id)}/drain` });
  }

  async drainAll(): Promise<number> {
    const call = { method: "POST", path: "/api/workers/drain-all" } as const;
    return (await this.#http.json<{ workers_draining: number }>(call)).workers_draining;
  }

  /** Ends it now; its tasks fail, or run again. */
  async abort(id: string, { tasks = "fail" }: { tasks?: "fail" | "requeue" } = {}): Promise<void> {
    const body = { confirm: true, tasks };
    await this.#http.json({ method: "POST", path: `${workerPath(id)}/abort`, body });
  }

  async logs(id: string, bytes?: number): Promise<string> {
    const call = { method: "GET", path: `${workerPath(id)}/logs`, query: { bytes } } as const;
    return (await this.#http.json<{ text: string }>(call)).text;
  }
}

function workerPath(id: string): string {
  return `/api/workers/${encodeURIComponent(id)}`;
}
