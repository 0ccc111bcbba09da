import type { MessagePort } from "node:worker_threads";

/**
 * What a worker is told at its start, as one line of JSON on its lifeline.
 *
 * The lifeline is file descriptor 3: a pipe whose other end the parent keeps open for as long
 * as it lives. Its end is how a worker learns, without polling, that its parent is gone. The
 * launch token travels here and nowhere else, so that no list of processes shows it.
 */
export interface LaunchDocument {
  readonly workerId: string;
  /** Single-use; proves to the store that this is the process that was meant. */
  readonly launchToken: string;
  readonly type: string;
  readonly link: LinkSpec;
  /** URL of the module whose default export is the worker's definition. */
  readonly handler: string;
  /** For the worker's environment, where it cannot be inherited: nobody who looks at a container sees it. */
  readonly env?: { readonly [name: string]: string };
  /** Given to the handler as it is. */
  readonly settings?: { readonly [key: string]: unknown };
  readonly concurrency: number;
  /** Leave when the parent is gone; else go on, to be adopted by the next supervisor. */
  readonly leaveWithParent: boolean;
  readonly timing: WorkerTiming;
  readonly logPath?: string;
  /** Of the whole tree, bytes. */
  readonly memoryLimit?: number;
  /** Where the folders of checkpoints are. */
  readonly checkpointFolder: string;
}

/** What a worker that is a thread is given by whoever started it. */
export interface ThreadLaunch {
  readonly launch: LaunchDocument;
  readonly host: ThreadHost;
}

/** The process around a worker that is a thread. */
export interface ThreadHost {
  /** Whatever is posted here makes the host end the thread at once, whatever its code does. */
  readonly ender: MessagePort;
  /** What the thread itself uses, as the host sees it: bytes, and per cent of one core. */
  readonly usage: SharedArrayBuffer;
}

export interface WorkerTiming {
  readonly heartbeatMs: number;
  readonly leaseMs: number;
  /** The slow poll that makes good a lost ring. */
  readonly pollMs: number;
  /** How long a handler has to end after its signal is aborted, before its process is killed. */
  readonly abortGraceMs: number;
  /** How long running attempts may go on after a polite stop, before they are given back. */
  readonly stopGraceMs: number;
  /** How often memory and CPU of the tree are looked at while a task runs. */
  readonly sampleMs: number;
}

export const defaultTiming: WorkerTiming = {
  heartbeatMs: 5_000,
  leaseMs: 15_000,
  pollMs: 2_000,
  abortGraceMs: 5_000,
  stopGraceMs: 10_000,
  sampleMs: 1_000,
};

/** How a worker reaches the store. Plain data, so that it can cross to a process or a thread. */
export type LinkSpec = StoreLinkSpec | ApiLinkSpec;

/** Straight to the database, which the worker opens itself. */
export interface StoreLinkSpec extends LinkPatience {
  readonly kind: "store";
  readonly path: string;
  readonly journalMode?: "wal" | "delete" | "truncate" | "persist" | "memory";
  readonly synchronous?: "full" | "normal" | "off";
}

/** Through the worker API (`docs/worker-api.md`) of a supervisor or a server. */
export interface ApiLinkSpec extends LinkPatience {
  readonly kind: "api";
  /** `unix:/path/to/socket`, or `http://host:port` with or without a path before the API's own. */
  readonly address: string;
  /** The worker's own; it says who it is, and nobody else may have it. */
  readonly token: string;
}

interface LinkPatience {
  /** For how long a call waits for a store that is locked, full or out of reach. */
  readonly patienceMs?: number;
}
