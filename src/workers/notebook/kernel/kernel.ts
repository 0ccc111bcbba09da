import type { CellOutput } from "../../../notebook/notebook.ts";

/**
 * Something that runs the cells of one notebook, one after the other, in a state of its own.
 *
 * A kernel serves one notebook and is closed then. Its folder is its own too: what cells write
 * there goes with it. `run` answers what the cell gave, a mistake in it included; it throws
 * {@link KernelLost} when the kernel ended under it. Closing ends all processes that it started,
 * may be done at any moment and more than once, and lets a `run` that waits throw.
 */
export interface Kernel {
  /** Files go to this folder before the first cell runs. */
  addFile(relative: string, path: string): Promise<void>;
  addText(relative: string, text: string): Promise<void>;
  run(source: string, params: RunParams): Promise<CellRun>;
  close(): Promise<void>;
  /** Resolves once it is no more, whoever ended it. */
  readonly ended: Promise<unknown>;
}

export interface RunParams {
  /** For people: `cell 3`. */
  readonly name: string;
  readonly timeoutMs?: number | undefined;
}

export interface CellRun {
  readonly outputs: readonly CellOutput[];
  readonly executionCount?: number;
  readonly failure?: CellFailure;
}

export type CellFailure =
  | {
      readonly kind: "raised";
      readonly name: string;
      readonly message: string;
      /** In the cell, from 1. */
      readonly line?: number;
    }
  | { readonly kind: "timed_out" };

/** The kernel ended while it was needed: nobody's fault that we know, so it is tried again. */
export class KernelLost extends Error {
  constructor(message: string) {
    super(message);
    this.name = "KernelLost";
  }
}

/** Where kernels come from: one kind of them, for one language. */
export interface KernelSource {
  /** For people, and as part of what an execution depends on. */
  readonly name: string;
  /** Changes when the kernel does. */
  readonly identity: string;
  /** Aborted while it starts, it is gone by the time that this throws. */
  start(signal: AbortSignal): Promise<Kernel>;
  /** Ends whatever was started ahead. */
  close(): Promise<void>;
}
