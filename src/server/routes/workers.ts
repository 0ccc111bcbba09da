import { z } from "zod";
import { readWorkerLog } from "../operations/read-worker-log.ts";
import {
  drainWorker,
  findPlace,
  findWorker,
  removePlace,
  typeToAdd,
} from "../operations/worker-acts.ts";
import { placeJson } from "../outgoing/worker-json.ts";
import { json } from "../reply.ts";
import { defineRoute, type Route } from "../route.ts";
import { name, text, wholeText } from "../schemas/fields.ts";
import { workerAnswer } from "../schemas/worker-answer.ts";

const params = z.object({
  id: text(200).meta({ description: "The name of a place, or a worker's id in the store." }),
});

const list = defineRoute({
  method: "GET",
  path: "/api/workers",
  name: "listWorkers",
  tag: "workers",
  summary: "The workers that serve this store",
  details: "In managed and inline mode the server's own places, else every live worker.",
  needs: "viewer",
  answers: {
    200: {
      description: "The workers.",
      schema: z.object({
        healthy: z.boolean().meta({ description: "There are some, and none is in trouble." }),
        workerCount: z.int(),
        workers: z.array(workerAnswer),
      }),
    },
  },
  async handle({ server }) {
    const places = await server.workforce.places();
    const now = server.clock.now();
    const healthy = places.length > 0 && places.every(({ connected }) => connected);
    const workers = places.map((place) => placeJson(place, now));
    return json({ healthy, workerCount: workers.length, workers });
  },
});

const show = defineRoute({
  method: "GET",
  path: "/api/workers/:id",
  name: "getWorker",
  tag: "workers",
  summary: "One worker, one that has ended too",
  needs: "viewer",
  params,
  answers: { 200: { description: "The worker.", schema: workerAnswer } },
  async handle({ params: { id }, server }) {
    return json(placeJson(await findPlace(server, id), server.clock.now()));
  },
});

/** What spec 5's addresses have in the place of a worker's name. */
const taken = ["add", "cleanup", "drain", "drain-all", "status"];

const placeName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, "must be letters, digits, - _ and ., at most 64")
  .refine((one) => !taken.includes(one), `must be none of ${taken.join(", ")}`);

const add = defineRoute({
  method: "POST",
  path: "/api/workers",
  name: "addWorker",
  tag: "workers",
  summary: "Add a worker (managed mode)",
  details:
    "Refused with 409 `admission_refused` when the machine has no room: `limit` says which limit, `room` has the numbers. `force: true` goes past it, but never past the ceiling. Its name stays its own when its process is replaced, until it is removed.",
  needs: "operator",
  action: "worker.add",
  isNewWork: true,
  body: z.strictObject({
    workerId: placeName.optional(),
    type: name.optional().meta({ description: "The user's own type, or command, unless given." }),
    force: z.boolean().optional(),
  }),
  bodyIsOptional: true,
  answers: {
    201: {
      description: "It has been started.",
      schema: z.object({ success: z.literal(true), workerId: z.string(), status: workerAnswer }),
    },
  },
  async handle({ body: { workerId, type, force }, server, audit }) {
    const place = await server.workforce.add({
      ...(workerId !== undefined && { name: workerId }),
      type: type ?? typeToAdd(server),
      ...(force !== undefined && { force }),
    });
    audit({ target: place.name, ...(force && { reason: "forced" }) });
    const status = placeJson(place, server.clock.now());
    return json(
      { success: true, workerId: place.name, status },
      { status: 201, headers: { Location: `/api/workers/${encodeURIComponent(place.name)}` } },
    );
  },
});

const remove = defineRoute({
  method: "DELETE",
  path: "/api/workers/:id",
  name: "removeWorker",
  tag: "workers",
  summary: "End a worker for good (managed mode)",
  details: "It finishes what it does, and nobody takes its place.",
  needs: "operator",
  action: "worker.remove",
  params,
  answers: {
    200: {
      description: "It takes no more tasks.",
      schema: z.object({ success: z.literal(true), workerId: z.string(), message: z.string() }),
    },
  },
  async handle({ params: { id }, server }) {
    const { name: workerId } = await removePlace(server, id);
    return json({ success: true, workerId, message: "Worker stopped successfully" });
  },
});

const drain = defineRoute({
  method: "POST",
  path: "/api/workers/:id/drain",
  name: "drainWorker",
  tag: "workers",
  summary: "Let a worker finish what it does and leave",
  needs: "operator",
  action: "worker.drain",
  params,
  answers: { 200: { description: "It takes no more tasks.", schema: workerAnswer } },
  async handle({ params: { id }, server }) {
    const place = await findPlace(server, id);
    const worker = await drainWorker(server, id);
    return json(placeJson({ ...place, worker }, server.clock.now()));
  },
});

const logs = defineRoute({
  method: "GET",
  path: "/api/workers/:id/logs",
  name: "getWorkerLogs",
  tag: "workers",
  summary: "The end of a worker's log file",
  needs: "viewer",
  params,
  query: z.strictObject({ bytes: wholeText({ min: 1, max: 1_048_576 }).optional() }),
  answers: {
    200: {
      description: "Whole lines; none when it has no log file.",
      schema: z.object({
        workerId: z.string(),
        text: z.string(),
        size: z.int().meta({ description: "Of the whole file." }),
      }),
    },
  },
  async handle({ params: { id }, query: { bytes = 65_536 }, server }) {
    const worker = await findWorker(server, id);
    return json({ workerId: worker.id, ...(await readWorkerLog(worker, bytes)) });
  },
});

export const workerRoutes: readonly Route[] = [list, show, add, remove, drain, logs];
