import { html, type Part } from "../../../dashboard/html.ts";
import type {
  AddableType,
  PanelLinks,
  ShownWorker,
  VacantPlace,
  WorkersModel,
} from "../../../dashboard/workers/workers-model.ts";
import { begunFirst, mostHeldShown } from "../../../domain/taken-ahead.ts";
import type { Task } from "../../../domain/task.ts";
import { endedWorkerStates, liveWorkerStates } from "../../../domain/worker-state.ts";
import { lookAtMachine } from "../../../overview/look-at-machine.ts";
import type { SeenWorker } from "../../../overview/overview.ts";
import { seeWorker } from "../../../overview/see-workers.ts";
import type { Asked } from "../../route.ts";
import type { ServerContext } from "../../server-context.ts";
import type { WorkerPlace } from "../../workforce/workforce.ts";
import { viewerOf } from "../show-page.ts";
import { aborting } from "./aborting.ts";
import { curvesOf } from "./curves.ts";

const endedShown = 20;
const curveMs = 600_000;

export async function gatherWorkers(
  { server, caller }: Pick<Asked, "server" | "caller">,
  links: PanelLinks,
): Promise<WorkersModel> {
  const { store, feed, workforce, clock } = server;
  const now = clock.now();
  const [overview, live, places, types, ended] = await Promise.all([
    feed.overview(),
    store.listWorkers({ states: liveWorkerStates }),
    workforce.places(),
    addableTypes(server),
    store.listWorkers({ states: endedWorkerStates }),
  ]);
  const machine = lookAtMachine();
  const running = new Map(overview.running.map((task) => [task.id, task]));
  const workers = await Promise.all(
    live.map((worker) =>
      showWorker(seeWorker(worker, machine, now), { server, places, running, now }),
    ),
  );
  const sum = (state: "pending" | "running") =>
    overview.types.reduce((all, one) => all + one[state], 0);
  return {
    ...{ now, links, types, workers },
    viewer: viewerOf(caller),
    vacant: vacantOf(places),
    ended: ended.toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0)).slice(0, endedShown),
    endedCount: ended.length,
    memory: overview.memory,
    queue: { pending: sum("pending"), running: sum("running") },
    ...cannotAdd(server),
  };
}

interface Sources {
  readonly server: ServerContext;
  readonly places: readonly WorkerPlace[];
  readonly running: ReadonlyMap<string, Task>;
  readonly now: number;
}

export async function showWorker(seen: SeenWorker, sources: Sources): Promise<ShownWorker> {
  const { server, places, running, now } = sources;
  const { id, taskIds } = seen.worker;
  const shownIds = begunFirst(taskIds, running.values()).slice(0, mostHeldShown);
  const place = places.find(({ worker }) => worker?.id === id);
  const tasks = await Promise.all(
    shownIds.map(async (one) => {
      const known = running.get(one);
      return known?.workerId === id ? known : await server.store.findTask(one);
    }),
  );
  const curves = curvesOf(server.feed.usageOf(id), { now, lengthMs: curveMs });
  return {
    ...seen,
    name: place?.name ?? id,
    restarts: place?.restarts ?? 0,
    tasks: tasks.filter((task) => task !== undefined),
    isAborting: aborting(server).has(id),
    ...(curves !== undefined && { curves }),
  };
}

function vacantOf(places: readonly WorkerPlace[]): VacantPlace[] {
  return places
    .filter(({ worker }) => worker === undefined)
    .map(({ name, type, restarts, trouble = "It has no worker yet." }) => ({
      ...{ name, type, restarts, trouble },
    }));
}

async function addableTypes({ workforce }: ServerContext): Promise<AddableType[]> {
  return await Promise.all(
    workforce.types.map(async (type) => {
      const verdict = await workforce.mayAdd({ type });
      const { admissible, live } = verdict.room;
      return {
        ...{ type, admissible },
        room: verdict.kind === "refused" ? 0 : Math.max(1, admissible - live),
        ...(verdict.kind === "refused" && { refusal: verdict.message }),
      };
    }),
  );
}

function cannotAdd({ workforce }: ServerContext): { readonly cannotAdd?: Part } {
  if (workforce.mode === "managed" && workforce.types.length > 0) return {};
  if (workforce.mode === "managed")
    return {
      cannotAdd: html`This server was started without any worker type: start it with <code>--worker-count 1</code> or more, or with a count in its configuration.`,
    };
  const instead =
    workforce.mode === "inline"
      ? html`This server runs tasks in threads of its own process, as many as configured (inline mode). For more, start it with <code>clx serve --mode managed</code>, or run <code>clx supervise</code> beside it.`
      : html`This server only queues (standalone mode): start workers in another shell with <code>clx worker</code>, <code>clx supervise</code> or <code>clx start-services</code>, or serve with <code>clx serve --mode managed</code>.`;
  return { cannotAdd: instead };
}
