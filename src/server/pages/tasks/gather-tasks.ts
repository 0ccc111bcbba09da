import { knownTypes } from "../../../config/pool-settings.ts";
import type { KnownNames } from "../../../dashboard/tasks/filters.ts";
import type { TasksModel } from "../../../dashboard/tasks/tasks-model.ts";
import { filterOf, listParams, type TasksQuery } from "../../../dashboard/tasks/tasks-query.ts";
import { newId } from "../../../domain/ids.ts";
import { bulkWorkOf } from "../../bulk/bulk-work.ts";
import type { Asked } from "../../route.ts";
import type { ServerContext } from "../../server-context.ts";
import { isAskedByLivePage } from "../show-live-page.ts";
import { viewerOf } from "../show-page.ts";

const pageSize = 50;
/** How long the result of bulk work stays above the list. */
const bulkShownMs = 60_000;

/** What the page of tasks shows. */
export async function gatherTasks(
  asked: Pick<Asked, "server" | "caller" | "http">,
  query: TasksQuery,
): Promise<TasksModel> {
  const { server, caller } = asked;
  const { store, clock } = server;
  const now = clock.now();
  const [page, counts, known] = await Promise.all([
    store.listTasks(listParams(query, now, pageSize)),
    store.countMatching(filterOf(query, now)),
    knownNames(server),
  ]);
  const { items: tasks, next, lookedThrough } = page;
  return {
    ...{ now, tasks, counts, known, query, viewer: viewerOf(caller) },
    ...(!isAskedByLivePage(asked) && { newTaskKey: newId(now) }),
    ...(next !== undefined && { next }),
    ...(lookedThrough !== undefined && { lookedThrough }),
    bulkWork: bulkWorkOf(server)
      .list()
      .filter(({ endedAt }) => endedAt === undefined || endedAt > now - bulkShownMs),
  };
}

async function knownNames({ store, feed, config }: ServerContext): Promise<KnownNames> {
  const [{ types, workers }, sessions] = await Promise.all([
    feed.overview(),
    store.listSessions({ open: true }),
  ]);
  const queues = types.flatMap((type) => type.queues.map(({ queue }) => queue));
  return {
    types: [...new Set([...types.map(({ type }) => type), ...knownTypes(config)])].toSorted(),
    queues: [...new Set(queues)].toSorted(),
    workers: workers.slice(0, 200).map(({ worker }) => worker.id),
    sessions: sessions.slice(0, 50).map(({ id }) => id),
  };
}
