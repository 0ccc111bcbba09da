import type { TaskStore, Topic } from "../store/task-store.ts";
import { Patience } from "./patience.ts";
import type { WorkerLink } from "./worker-link.ts";

export interface StoreLinkParams {
  /** Closed with the link. */
  readonly store: TaskStore;
  readonly patienceMs: number;
}

/** Straight to a store that this process has open. */
export function storeLink({ store, patienceMs }: StoreLinkParams): WorkerLink {
  const patience = new Patience(patienceMs);
  return {
    activate: (params) => patience.insist(() => store.activateWorker(params)),
    ready: (params) => patience.insist(() => store.readyWorker(params)),
    claim: (params) => patience.insist(() => store.claim(params)),
    settle: (params) => patience.insist(() => store.settle(params)),
    report: (params) => patience.insist(() => store.report(params)),
    // A lease runs from the beat that reached the store, not from the first that tried to.
    renew: (params) =>
      patience.insist((waitedMs) => store.renew({ ...params, now: params.now + waitedMs })),
    end: (params) => patience.insist(() => store.endWorker(params)),
    async endSession(params) {
      await patience.insist(() => store.endSession(params));
    },
    watch({ workerId, type }, onRing) {
      const topics: Topic[] = [{ kind: "worker", workerId }];
      if (type !== undefined) topics.push({ kind: "work", type });
      return store.watch(topics, onRing);
    },
    hurry: (patienceMs) => patience.hurry(patienceMs),
    async close() {
      patience.close();
      await patience.bound(store.close());
    },
  };
}
