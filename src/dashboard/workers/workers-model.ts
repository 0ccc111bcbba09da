import type { Task } from "../../domain/task.ts";
import type { Worker } from "../../domain/worker.ts";
import type { MemoryOverview, SeenWorker } from "../../overview/overview.ts";
import type { Values } from "../chart.ts";
import type { Part } from "../html.ts";
import type { Viewer } from "../page.ts";

/** What the panel of workers shows; `panel.ts`. */
export interface WorkersModel {
  readonly now: number;
  readonly viewer: Viewer;
  readonly links: PanelLinks;
  readonly workers: readonly ShownWorker[];
  /** Served places that nobody fills, and why. */
  readonly vacant: readonly VacantPlace[];
  readonly ended: readonly Worker[];
  readonly endedCount: number;
  readonly memory: MemoryOverview;
  readonly queue: { readonly pending: number; readonly running: number };
  readonly types: readonly AddableType[];
  /** Why this server adds no workers, and what to do instead. */
  readonly cannotAdd?: Part;
  /** What came of an action, where the page has no other place to tell it. */
  readonly told?: Part;
}

export interface ShownWorker extends SeenWorker {
  /** The place that it fills, or its id. */
  readonly name: string;
  readonly restarts: number;
  readonly tasks: readonly Task[];
  readonly isAborting: boolean;
  /** Of the last ten minutes, in equal steps; absent when nothing was measured. */
  readonly curves?: Curves;
}

export interface Curves {
  readonly memory: Values;
  readonly cpu: Values;
}

export interface VacantPlace {
  readonly name: string;
  readonly type: string;
  readonly restarts: number;
  readonly trouble: string;
}

/** A type of which one more may be asked for, and what admission would say. */
export interface AddableType {
  readonly type: string;
  readonly room: number;
  readonly admissible: number;
  readonly refusal?: string;
}

/** Where the controls of the panel lead: it stands on a page of ours, or by itself in another. */
export interface PanelLinks {
  readonly isFragment: boolean;
  readonly status: string;
  readonly add: string;
  readonly cleanUp: string;
  readonly drainAll: string;
  drain(id: string): string;
  abort(id: string): string;
}

export const pageLinks: PanelLinks = {
  isFragment: false,
  status: "/workers",
  add: "/workers/add",
  cleanUp: "/workers/cleanup",
  drainAll: "/workers/drain-all",
  drain: (id) => `${workerAddress(id)}/drain`,
  abort: (id) => `${workerAddress(id)}/abort`,
};

/** The paths of the panel that other pages of the same site embed. */
export const fragmentLinks: PanelLinks = {
  isFragment: true,
  status: "/htmx/workers/status/",
  add: "/htmx/workers/add/",
  cleanUp: "/htmx/workers/cleanup/",
  drainAll: "/htmx/workers/drain-all/",
  drain: (id) => `/htmx/workers/drain/${encodeURIComponent(id)}/`,
  abort: (id) => `/htmx/workers/abort/${encodeURIComponent(id)}/`,
};

export function workerAddress(id: string): string {
  return `/workers/${encodeURIComponent(id)}`;
}
