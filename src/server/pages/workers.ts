import { z } from "zod";
import { abortQuestion, drainAllQuestion } from "../../dashboard/workers/questions.ts";
import { workersPage } from "../../dashboard/workers/workers.ts";
import { pageLinks } from "../../dashboard/workers/workers-model.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import { defineRoute, type Route } from "../route.ts";
import { actAndShow } from "./act-and-show.ts";
import { showLivePage } from "./show-live-page.ts";
import { htmlResponse, isAskedByScript, showQuestion, viewerOf } from "./show-page.ts";
import { addWorker } from "./workers/add-worker.ts";
import { findHeld } from "./workers/find-held.ts";
import { gatherWorkers } from "./workers/gather-workers.ts";
import {
  abortAndTell,
  cleanUpAndTell,
  drainAllAndTell,
  drainAndTell,
} from "./workers/worker-acts.ts";

const page = { 200: { description: "The page", media: "text/html" } } as const;
const acted = {
  200: { description: "What was done, for scripts", media: "text/html" },
  303: { description: "Done; back to the page" },
} as const;
const id = z.object({ id: z.string() });
const back = "/workers";
const reasonField = z.string().max(500).optional();

const refusedByAdmission = { outcome: "failed", code: "admission_refused" } as const;

const showWorkers = defineRoute({
  method: "GET",
  path: "/workers",
  name: "showWorkers",
  tag: "pages",
  summary: "Who is working, is there room?",
  needs: "viewer",
  answers: page,
  async handle(asked) {
    const { server } = asked;
    return await showLivePage(asked, {
      ...{ title: "Workers", place: "workers", address: back },
      draw: async (caller) => workersPage(await gatherWorkers({ server, caller }, pageLinks)),
    });
  },
});

const add = defineRoute({
  method: "POST",
  path: "/workers/add",
  name: "addWorkerByForm",
  tag: "pages",
  summary: "Adds a worker, or asks when there is no room",
  needs: "operator",
  query: z.object({ force: z.string().optional() }),
  body: z.object({ type: z.string().optional() }),
  bodyIsOptional: true,
  answers: acted,
  action: "worker.add",
  isNewWork: true,
  async handle(asked) {
    const { query, body } = asked;
    let question: Awaited<ReturnType<typeof addWorker>> | undefined;
    const answer = await actAndShow(asked, {
      back,
      async act() {
        const force = query.force === "true";
        const wish = { force, links: pageLinks, ...(body.type && { type: body.type }) };
        const added = await addWorker(asked, wish);
        if ("question" in added) question = added;
        asked.audit("name" in added ? { target: added.name } : refusedByAdmission);
        return "name" in added ? `${added.name}, a ${added.type} worker, was added.` : "";
      },
    });
    if (question === undefined || !("question" in question)) return answer;
    if (isAskedByScript(asked)) return htmlResponse(question.question);
    const shown = { title: "Add worker", place: "workers", main: question.question } as const;
    return await showQuestion(asked, { ...shown, status: 409 });
  },
});

const drain = defineRoute({
  method: "POST",
  path: "/workers/:id/drain",
  name: "drainWorkerByForm",
  tag: "pages",
  summary: "Lets a worker finish and leave",
  needs: "operator",
  params: id,
  answers: acted,
  action: "worker.drain",
  handle: (asked) =>
    actAndShow(asked, { back, act: () => drainAndTell(asked.server, asked.params.id) }),
});

const askAbort = defineRoute({
  method: "GET",
  path: "/workers/:id/abort",
  name: "askAbortWorker",
  tag: "pages",
  summary: "Asks whether to abort a worker",
  needs: "operator",
  params: id,
  answers: page,
  async handle(asked) {
    const held = await findHeld(asked.server, asked.params.id);
    const main = abortQuestion(held, { viewer: viewerOf(asked.caller), links: pageLinks });
    return await showQuestion(asked, { title: `Abort ${held.name}`, place: "workers", main });
  },
});

const abort = defineRoute({
  method: "POST",
  path: "/workers/:id/abort",
  name: "abortWorkerByForm",
  tag: "pages",
  summary: "Ends a worker now",
  needs: "operator",
  params: id,
  body: z.object({
    confirm: z.literal("yes"),
    tasks: z.enum(["fail", "requeue"]).default("fail"),
    reason: reasonField,
  }),
  answers: acted,
  action: "worker.abort",
  async handle(asked) {
    const { params, body } = asked;
    if (body.reason) asked.audit({ reason: body.reason });
    return await actAndShow(asked, {
      back: `/workers/${encodeURIComponent(params.id)}`,
      act: () => abortAndTell(asked.server, { id: params.id, tasks: body.tasks }),
    });
  },
});

const askDrainAll = defineRoute({
  method: "GET",
  path: "/workers/drain-all",
  name: "askDrainAllWorkers",
  tag: "pages",
  summary: "Asks whether to drain all workers",
  needs: "operator",
  answers: page,
  async handle(asked) {
    const workers = await asked.server.store.listWorkers({ states: liveWorkerStates });
    const busy = workers.filter(({ taskIds }) => taskIds.length > 0).length;
    const asking = { viewer: viewerOf(asked.caller), links: pageLinks };
    const main = drainAllQuestion({ live: workers.length, busy }, asking);
    return await showQuestion(asked, { title: "Drain all workers", place: "workers", main });
  },
});

const drainEach = defineRoute({
  method: "POST",
  path: "/workers/drain-all",
  name: "drainAllWorkersByForm",
  tag: "pages",
  summary: "Lets all workers finish and leave",
  needs: "operator",
  body: z.object({ reason: reasonField }),
  bodyIsOptional: true,
  answers: acted,
  action: "worker.drain_all",
  async handle(asked) {
    if (asked.body.reason) asked.audit({ reason: asked.body.reason });
    return await actAndShow(asked, { back, act: () => drainAllAndTell(asked.server) });
  },
});

const cleanUp = defineRoute({
  method: "POST",
  path: "/workers/cleanup",
  name: "cleanUpWorkersByForm",
  tag: "pages",
  summary: "Removes ended workers from the list",
  needs: "operator",
  answers: acted,
  action: "worker.cleanup",
  handle: (asked) => actAndShow(asked, { back, act: () => cleanUpAndTell(asked.server) }),
});

export const workersRoutes: readonly Route[] = [
  showWorkers,
  add,
  drain,
  askAbort,
  abort,
  askDrainAll,
  drainEach,
  cleanUp,
];
