import type { ProcessIdentity } from "./worker.ts";

/** One build or one server run: it owns tasks and workers, which do not outlive it. */
export interface NewSession {
  readonly id: string;
  /** What opened it, for people: "build", "exec", "supervise". */
  readonly kind: string;
  readonly process: ProcessIdentity;
}

export interface Session extends NewSession {
  readonly openedAt: number;
  readonly endedAt?: number;
  readonly endReason?: string;
}
