import { z } from "zod";
import type { Part } from "../../dashboard/html.ts";
import { notice } from "../../dashboard/notice.ts";
import { panelFragment } from "../../dashboard/workers/fragment.ts";
import { abortQuestion } from "../../dashboard/workers/questions.ts";
import { fragmentLinks } from "../../dashboard/workers/workers-model.ts";
import { ClxError } from "../../domain/errors.ts";
import { drainOldest } from "../operations/worker-acts.ts";
import { type Asked, defineRoute, type Route } from "../route.ts";
import { sentence } from "./act-and-show.ts";
import { embeddedAssets } from "./assets.ts";
import { htmlResponse, isAskedByScript, viewerOf } from "./show-page.ts";
import { addWorker } from "./workers/add-worker.ts";
import { findHeld } from "./workers/find-held.ts";
import { gatherWorkers } from "./workers/gather-workers.ts";
import {
  abortAndTell,
  cleanUpAndTell,
  drainAllAndTell,
  drainAndTell,
} from "./workers/worker-acts.ts";

/** The panel of workers as a fragment, for other pages of the same site, at the paths of spec 5. */
const answers = { 200: { description: "The panel, with what was done or refused" } } as const;
const id = z.object({ id: z.string() });
const status = "/htmx/workers/status/";

async function showPanel(asked: Pick<Asked, "server" | "caller">, told?: Part): Promise<Response> {
  const model = await gatherWorkers(asked, fragmentLinks);
  const shown = { ...model, ...(told !== undefined && { told }) };
  return htmlResponse(panelFragment(shown, await embeddedAssets()));
}

/** Answers with the panel, whatever came of it: pages that embed it show no other answer. */
async function act(asked: Asked, run: () => Promise<Part>): Promise<Response> {
  const told = await run().then(
    (done) => notice("done", done),
    (error: unknown) => {
      if (!(error instanceof ClxError)) throw error;
      asked.audit({ outcome: "failed", code: error.code });
      return notice("refused", sentence(error.message));
    },
  );
  return await showPanel(asked, told);
}

const show = defineRoute({
  method: "GET",
  path: status,
  name: "showWorkersPanel",
  tag: "pages",
  summary: "The panel of workers, as a fragment",
  needs: "viewer",
  answers,
  handle: (asked) => showPanel(asked),
});

const add = defineRoute({
  method: "POST",
  path: "/htmx/workers/add/",
  name: "addWorkerInPanel",
  tag: "pages",
  summary: "Adds a worker",
  needs: "operator",
  query: z.object({ force: z.string().optional() }),
  body: z.object({ type: z.string().optional() }),
  bodyIsOptional: true,
  answers,
  action: "worker.add",
  isNewWork: true,
  async handle(asked) {
    const { query, body } = asked;
    let question: Part;
    const answer = await act(asked, async () => {
      const force = query.force === "true";
      const wish = { force, links: fragmentLinks, ...(body.type && { type: body.type }) };
      const added = await addWorker(asked, wish);
      if ("question" in added) {
        question = added.question;
        return "";
      }
      asked.audit({ target: added.name });
      return `${added.name}, a ${added.type} worker, was added.`;
    });
    if (question === undefined) return answer;
    asked.audit({ outcome: "failed", code: "admission_refused" });
    return await showPanel(asked, question);
  },
});

const drainEach = defineRoute({
  method: "POST",
  path: "/htmx/workers/drain-all/",
  name: "drainAllInPanel",
  tag: "pages",
  summary: "Lets all workers finish and leave",
  needs: "operator",
  answers,
  action: "worker.drain_all",
  handle: (asked) => act(asked, () => drainAllAndTell(asked.server)),
});

const drainOldestOne = defineRoute({
  method: "POST",
  path: "/htmx/workers/drain/",
  name: "drainOldestInPanel",
  tag: "pages",
  summary: "Lets the worker that has run for longest finish and leave",
  needs: "operator",
  answers,
  action: "worker.drain",
  handle: (asked) =>
    act(asked, async () => {
      const { id: oldest } = await drainOldest(asked.server);
      asked.audit({ target: oldest });
      return `${oldest} finishes what it does, then leaves.`;
    }),
});

const drain = defineRoute({
  method: "POST",
  path: "/htmx/workers/drain/:id/",
  name: "drainWorkerInPanel",
  tag: "pages",
  summary: "Lets a worker finish and leave",
  needs: "operator",
  params: id,
  answers,
  action: "worker.drain",
  handle: (asked) => act(asked, () => drainAndTell(asked.server, asked.params.id)),
});

const askAbort = defineRoute({
  method: "GET",
  path: "/htmx/workers/abort/:id/",
  name: "askAbortInPanel",
  tag: "pages",
  summary: "Asks whether to abort a worker",
  needs: "operator",
  params: id,
  answers,
  async handle(asked) {
    const held = await findHeld(asked.server, asked.params.id);
    const asking = { viewer: viewerOf(asked.caller), links: fragmentLinks };
    const question = abortQuestion(held, asking);
    return isAskedByScript(asked) ? htmlResponse(question) : await showPanel(asked, question);
  },
});

const abortBody = z.object({
  confirm: z.literal("yes").optional(),
  tasks: z.enum(["fail", "requeue"]).default("fail"),
  reason: z.string().max(500).optional(),
});

const abort = (method: "POST" | "DELETE") =>
  defineRoute({
    method,
    path: "/htmx/workers/abort/:id/",
    name: method === "POST" ? "abortWorkerInPanel" : "deleteWorkerInPanel",
    tag: "pages",
    summary: "Ends a worker now, once that is confirmed",
    needs: "operator",
    params: id,
    query: z.object({ confirm: z.literal("yes").optional() }),
    body: abortBody,
    bodyIsOptional: true,
    answers,
    action: "worker.abort",
    handle(asked) {
      const { body, query, params, server } = asked;
      if (body.reason) asked.audit({ reason: body.reason });
      return act(asked, async () => {
        if (body.confirm === undefined && query.confirm === undefined)
          throw new ClxError("invalid_value", "Abort requires confirmation (add ?confirm=yes)");
        return await abortAndTell(server, { id: params.id, tasks: body.tasks });
      });
    },
  });

const cleanUp = defineRoute({
  method: "POST",
  path: "/htmx/workers/cleanup/",
  name: "cleanUpWorkersInPanel",
  tag: "pages",
  summary: "Removes ended workers from the list",
  needs: "operator",
  answers,
  action: "worker.cleanup",
  handle: (asked) => act(asked, () => cleanUpAndTell(asked.server)),
});

export const htmxWorkersRoutes: readonly Route[] = [
  show,
  add,
  drainOldestOne,
  drainEach,
  drain,
  askAbort,
  abort("POST"),
  abort("DELETE"),
  cleanUp,
];
