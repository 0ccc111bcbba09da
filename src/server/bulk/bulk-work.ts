import type { BulkAction, BulkPreview, BulkStanding } from "../../domain/bulk.ts";
import { ClxError } from "../../domain/errors.ts";
import { perServer } from "../per-server.ts";
import type { ServerContext } from "../server-context.ts";
import { type BulkOrder, BulkRun } from "./bulk-run.ts";
import { preview, type Selection } from "./selection.ts";
import { openWalk } from "./walk.ts";

const mostRunning = 4;
const mostKept = 50;

/**
 * The bulk work of a server: what runs, and what ran last.
 *
 * It is kept in memory alone. When the server ends, what was done is done, and the rest is not;
 * the audit trail has how far it came, unless the server was killed.
 */
export class BulkWork {
  readonly #server: ServerContext;
  readonly #runs = new Map<string, BulkRun>();

  constructor(server: ServerContext) {
    this.#server = server;
  }

  preview(action: BulkAction, selection: Selection): Promise<BulkPreview> {
    return preview(this.#server.store, action, selection);
  }

  /**
   * Resolves as soon as it has begun; from then on later tasks are not touched.
   *
   * @throws ClxError `conflict` when others run already
   */
  async start(order: BulkOrder): Promise<BulkStanding> {
    const { store } = this.#server;
    const { action, selection } = order;
    this.#refuseCrowd();
    const walk = await openWalk(store, action, selection);
    const expected = await this.preview(action, selection);
    this.#refuseCrowd();
    const run = new BulkRun({ server: this.#server, order, expected, walk });
    this.#keep(run);
    return run.standing;
  }

  /** @throws ClxError `not_found` */
  find(id: string): BulkStanding {
    return this.#run(id).standing;
  }

  /** Newest first. */
  list(): readonly BulkStanding[] {
    return [...this.#runs.values()].map(({ standing }) => standing).toReversed();
  }

  /** Resolves once it has ended. @throws ClxError `not_found` */
  async stop(id: string): Promise<BulkStanding> {
    const run = this.#run(id);
    run.stop();
    await run.ended;
    return run.standing;
  }

  #run(id: string): BulkRun {
    const run = this.#runs.get(id);
    if (run !== undefined) return run;
    throw new ClxError(
      "not_found",
      `there is no bulk work ${id} here; a server that has been started again forgets what came before, the events still tell of it`,
    );
  }

  #refuseCrowd(): void {
    const running = this.list().filter(({ state }) => state === "running");
    if (running.length < mostRunning) return;
    throw new ClxError(
      "conflict",
      `${mostRunning} pieces of bulk work run already; wait for one of them to end, or stop it`,
    );
  }

  /** Those that run are among the newest, so that none of them is forgotten. */
  #keep(run: BulkRun): void {
    this.#runs.set(run.id, run);
    for (const [id, { standing }] of this.#runs) {
      if (this.#runs.size <= mostKept) return;
      if (standing.state !== "running") this.#runs.delete(id);
    }
  }
}

export const bulkWorkOf = perServer((server) => new BulkWork(server));
