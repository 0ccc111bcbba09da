import { z } from "zod";
import { bulkPage } from "../../dashboard/bulk/bulk.ts";
import { bulkWords, taskCount } from "../../dashboard/bulk/bulk-words.ts";
import { confirmBulk } from "../../dashboard/bulk/confirm-bulk.ts";
import { html } from "../../dashboard/html.ts";
import { filterWords, tasksAddress } from "../../dashboard/tasks/tasks-query.ts";
import { bulkActions } from "../../domain/bulk.ts";
import { bulkWorkOf } from "../bulk/bulk-work.ts";
import { describeSelection } from "../bulk/selection.ts";
import { defineRoute, type Route } from "../route.ts";
import { actAndShow } from "./act-and-show.ts";
import { fieldsOf, selectionOf, tasksQueryOf } from "./bulk/bulk-wish.ts";
import { showPage, viewerOf } from "./show-page.ts";

const ids = z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat());

/** Ticked rows, or with `all` whatever fits the filter beside them. */
const wish = z.looseObject({
  action: z.enum(bulkActions),
  id: ids.pipe(z.array(z.string().max(100)).max(1_000)).optional(),
  all: z.literal("1").optional(),
  reason: z.string().trim().max(500).optional(),
});

const page = { 200: { description: "The page", media: "text/html" } };

const confirm = defineRoute({
  method: "GET",
  path: "/bulk",
  name: "confirmBulkWork",
  tag: "pages",
  summary: "Asks before something is done to many tasks",
  needs: "operator",
  query: wish,
  answers: page,
  async handle(asked) {
    const { query, server, caller } = asked;
    const filter = tasksQueryOf(query);
    const selection = selectionOf(query, server.clock.now());
    const preview = await bulkWorkOf(server).preview(query.action, selection);
    const { verb } = bulkWords[query.action];
    const main = confirmBulk({
      ...{ action: query.action, preview, fields: fieldsOf(query) },
      ...(query.all && { filter: filterWords(filter) }),
      back: tasksAddress(filter),
      viewer: viewerOf(caller),
    });
    return await showPage(asked, { title: `${verb} tasks`, place: "tasks", main });
  },
});

const start = defineRoute({
  method: "POST",
  path: "/bulk",
  name: "startBulkWorkFromPage",
  tag: "pages",
  summary: "Do something to many tasks",
  needs: "operator",
  action: "bulk.start",
  isNewWork: true,
  body: wish,
  answers: { 303: { description: "How far it is" } },
  async handle(asked) {
    const { body, server, caller, audit } = asked;
    const { action, reason } = body;
    const selection = selectionOf(body, server.clock.now());
    audit({ target: `${action}: ${describeSelection(selection)}` });
    let address = "/tasks";
    const response = await actAndShow(asked, {
      back: tasksAddress(tasksQueryOf(body)),
      async act() {
        const work = { action, selection, caller, reason: reason || undefined };
        const { id, expected } = await bulkWorkOf(server).start(work);
        audit({ reason: reason || `${expected.eligible} eligible, ${expected.skipped} not` });
        address = `/bulk/${id}`;
        const many = taskCount(expected.eligible, expected.isAtLeast);
        return html`${bulkWords[action].doing} ${many}. <a href="${address}">How far it is</a>`;
      },
    });
    if (response.status === 303) response.headers.set("Location", address);
    return response;
  },
});

const params = z.object({ id: z.string().max(100) });

const show = defineRoute({
  method: "GET",
  path: "/bulk/:id",
  name: "showBulkWork",
  tag: "pages",
  summary: "How far a piece of bulk work is",
  needs: "viewer",
  params,
  answers: page,
  async handle(asked) {
    const { server, caller } = asked;
    const work = bulkWorkOf(server).find(asked.params.id);
    const main = bulkPage({ work, viewer: viewerOf(caller), now: server.clock.now() });
    return await showPage(asked, { title: "Bulk work", place: "tasks", main });
  },
});

const stop = defineRoute({
  method: "POST",
  path: "/bulk/:id/stop",
  name: "stopBulkWorkFromPage",
  tag: "pages",
  summary: "Do it to no more tasks",
  needs: "operator",
  action: "bulk.stop",
  params,
  answers: { 303: { description: "How far it came" } },
  async handle(asked) {
    const { params, server } = asked;
    return await actAndShow(asked, {
      back: `/bulk/${params.id}`,
      async act() {
        const { done, action } = await bulkWorkOf(server).stop(params.id);
        return `Stopped; ${taskCount(done)} ${bulkWords[action].done}.`;
      },
    });
  },
});

export const bulkPages: readonly Route[] = [confirm, start, show, stop];
