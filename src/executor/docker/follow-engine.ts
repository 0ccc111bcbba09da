import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** What an engine says while it builds, pulls or pushes. */
export interface EngineEvent {
  /** A line of a build. */
  readonly stream?: string;
  readonly status?: string;
  /** The layer that is spoken of. */
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

export interface FollowParams {
  readonly signal: AbortSignal;
  readonly onEvent: (event: EngineEvent) => void;
}

/** Reads until the engine is done; throws the error that it speaks of. */
export async function followEngine(
  told: NodeJS.ReadableStream,
  { signal, onEvent }: FollowParams,
): Promise<void> {
  const stream = told as Readable;
  const onAbort = () => stream.destroy();
  signal.addEventListener("abort", onAbort);
  try {
    for await (const line of createInterface({ input: stream })) {
      if (line === "") continue;
      const event = JSON.parse(line) as EngineEvent;
      if (event.error !== undefined) throw new Error(event.error);
      onEvent(event);
    }
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", onAbort);
    stream.destroy();
  }
}
