import type { Watch } from "../../store/task-store.ts";
import { pollOnAndOn } from "./poll-on-and-on.ts";
import { longestWaitMs, type WatchAnswer, type WatchRequest } from "./protocol.ts";

export type PollBell = (request: WatchRequest, signal: AbortSignal) => Promise<WatchAnswer>;

/** Hears the bell of a worker by long polls; a server that comes back rings. */
export function listenToBell(
  poll: PollBell,
  { onRing, signal }: { readonly onRing: () => void; readonly signal: AbortSignal },
): Watch {
  const stop = new AbortController();
  const isOver = AbortSignal.any([stop.signal, signal]);
  let seen: string | undefined;
  void pollOnAndOn(isOver, async () => {
    const request = { waitMs: longestWaitMs, ...(seen !== undefined && { seen }) };
    const { rung, mark } = await poll(request, isOver);
    seen = mark;
    if (rung && !isOver.aborted) onRing();
    return true;
  });
  return { close: () => stop.abort() };
}
