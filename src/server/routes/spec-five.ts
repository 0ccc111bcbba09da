import { z } from "zod";
import { AdmissionRefusedError } from "../../supervisor/admission.ts";
import { specFiveStatus as readStatus } from "../operations/spec-five-status.ts";
import { drainAll, drainOldest, drainWorker, typeToAdd } from "../operations/worker-acts.ts";
import { json } from "../reply.ts";
import { RequestError } from "../request-error.ts";
import { defineRoute, type Route } from "../route.ts";
import { flagText, name, text } from "../schemas/fields.ts";
import { specFiveStatus } from "../schemas/spec-five.ts";

const params = z.object({ id: text(200) });

const done = z.object({ status: z.literal("success"), worker_id: z.string() });
const success = (id: string) => json({ status: "success", worker_id: id });

const status = defineRoute({
  method: "GET",
  path: "/api/workers/status/",
  name: "workersStatus",
  tag: "workers",
  summary: "Workers, limits, memory and queue at a glance",
  needs: "viewer",
  answers: { 200: { description: "How all stand.", schema: specFiveStatus } },
  handle: async ({ server }) => json(await readStatus(server)),
});

const add = defineRoute({
  method: "POST",
  path: "/api/workers/add/",
  name: "spawnWorker",
  tag: "workers",
  summary: "Add a worker (managed mode)",
  details:
    '409 `admission_refused` says "At capacity (active/admissible)", which limit refused and why. `force` goes past it, never past the ceiling: the boolean true in the body, or `?force=true`; nothing else means it.',
  needs: "operator",
  action: "worker.add",
  isNewWork: true,
  query: z.strictObject({ force: flagText.optional() }),
  body: z.strictObject({ force: z.boolean().optional(), type: name.optional() }),
  bodyIsOptional: true,
  answers: { 200: { description: "It has been started.", schema: done } },
  async handle({ query, body, server, audit }) {
    const force = query.force === true || body.force === true;
    const type = body.type ?? typeToAdd(server);
    const place = await server.workforce.add({ type, force }).catch((error: unknown) => {
      throw error instanceof AdmissionRefusedError ? atCapacity(error) : error;
    });
    audit({ target: place.name, ...(force && { reason: "forced" }) });
    return success(place.worker?.id ?? place.name);
  },
});

function atCapacity({ message, limit, room }: AdmissionRefusedError): RequestError {
  return new RequestError("admission_refused", {
    message: `At capacity (${room.live}/${Math.max(0, room.admissible)}): ${message}`,
    facts: { limit, room },
  });
}

const drainOne = defineRoute({
  method: "POST",
  path: "/api/workers/drain/",
  name: "drainOldestWorker",
  tag: "workers",
  summary: "Let the worker that has run for longest, or the one that is named, finish and leave",
  needs: "operator",
  action: "worker.drain",
  body: z.strictObject({ worker_id: text(200).optional() }),
  bodyIsOptional: true,
  answers: { 200: { description: "It takes no more tasks.", schema: done } },
  async handle({ body: { worker_id: named }, server, audit }) {
    const { id } = await (named === undefined ? drainOldest(server) : drainWorker(server, named));
    audit({ target: id });
    return success(id);
  },
});

const drainThis = defineRoute({
  method: "POST",
  path: "/api/workers/drain/:id/",
  name: "drainThisWorker",
  tag: "workers",
  summary: "Let a worker finish what it does and leave (as POST /api/workers/:id/drain)",
  needs: "operator",
  action: "worker.drain",
  params,
  answers: { 200: { description: "It takes no more tasks.", schema: done } },
  handle: async ({ params: { id }, server }) => success((await drainWorker(server, id)).id),
});

const drainEvery = defineRoute({
  method: "POST",
  path: "/api/workers/drain-all/",
  name: "drainAllWorkers",
  tag: "workers",
  summary: "Let all workers finish what they do and leave",
  needs: "operator",
  action: "worker.drain_all",
  answers: {
    200: {
      description: "They take no more tasks.",
      schema: z.object({ success: z.literal(true), workers_draining: z.int() }),
    },
  },
  async handle({ server, audit }) {
    const drained = await drainAll(server);
    audit({ target: `${drained.length} workers` });
    return json({ success: true, workers_draining: drained.length });
  },
});

const cleanUp = defineRoute({
  method: "POST",
  path: "/api/workers/cleanup/",
  name: "cleanUpWorkers",
  tag: "workers",
  summary: "Remove the records of workers that have ended",
  needs: "operator",
  action: "worker.clean_up",
  answers: {
    200: {
      description: "They are gone.",
      schema: z.object({ status: z.literal("success"), removed: z.int() }),
    },
  },
  async handle({ server, audit }) {
    const removed = await server.store.deleteWorkers({ endedBefore: server.clock.now() + 1 });
    audit({ target: `${removed} records` });
    return json({ status: "success", removed });
  },
});

const tick = defineRoute({
  method: "POST",
  path: "/workers/tick/",
  name: "tick",
  tag: "workers",
  summary: "How all stand, after the state checks that run anyway",
  details:
    "The supervisor looks after dead, silent and draining workers by itself, every second, whether or not anybody asks. This is here for programs that used to have to ask; it answers with the status.",
  needs: "operator",
  action: "worker.tick",
  answers: { 200: { description: "How all stand.", schema: specFiveStatus } },
  handle: async ({ server }) => json(await readStatus(server)),
});

export const specFiveRoutes: readonly Route[] = [
  status,
  add,
  drainOne,
  drainThis,
  drainEvery,
  cleanUp,
  tick,
];
