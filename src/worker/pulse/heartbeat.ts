import type { WorkerUsage } from "../../domain/worker.ts";
import type { WorkerLink } from "../../link/worker-link.ts";
import type { Renewal, Watch } from "../../store/task-store.ts";
import { monotonicMs } from "../monotonic.ts";

export interface HeartbeatParams {
  readonly link: WorkerLink;
  readonly workerId: string;
  readonly heartbeatMs: number;
  readonly leaseMs: number;
  readonly usage: () => WorkerUsage | undefined;
  /** With the monotonic time at which the store was asked. */
  readonly onRenewal: (renewal: Renewal, askedAt: number) => void;
  readonly onLost: (error: unknown) => void;
}

/** Renews a worker's lease in time, and at once when somebody wants something of the worker. */
export class Heartbeat {
  readonly #params: HeartbeatParams;
  readonly #watch: Watch;
  readonly #timer: NodeJS.Timeout;
  #beating = false;
  #again = false;
  #closed = false;

  constructor(params: HeartbeatParams) {
    const { link, workerId, heartbeatMs } = params;
    this.#params = params;
    this.#watch = link.watch({ workerId }, () => this.beat());
    this.#timer = setInterval(() => this.beat(), heartbeatMs);
  }

  beat(): void {
    this.#again = true;
    if (!this.#beating) void this.#beatWhileAsked();
  }

  close(): void {
    this.#closed = true;
    this.#watch.close();
    clearInterval(this.#timer);
  }

  async #beatWhileAsked(): Promise<void> {
    this.#beating = true;
    while (this.#again && !this.#closed) {
      this.#again = false;
      await this.#beatOnce();
    }
    this.#beating = false;
  }

  async #beatOnce(): Promise<void> {
    const { link, workerId, leaseMs, usage, onRenewal, onLost } = this.#params;
    try {
      const used = usage();
      const askedAt = monotonicMs();
      const renewal = await link.renew({
        workerId,
        now: Date.now(),
        leaseMs,
        ...(used !== undefined && { usage: used }),
      });
      if (!this.#closed) onRenewal(renewal, askedAt);
    } catch (error) {
      if (!this.#closed) onLost(error);
    }
  }
}
