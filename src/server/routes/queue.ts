import { z } from "zod";
import type { Pause } from "../../domain/pause.ts";
import { type PauseParams, pauseQueue, queueStats } from "../operations/queue-acts.ts";
import { iso } from "../outgoing/task-json.ts";
import { json } from "../reply.ts";
import { type Asked, defineRoute, type Route } from "../route.ts";
import { name, text } from "../schemas/fields.ts";

const pauseAnswer = z
  .object({
    queue: z.string().optional(),
    type: z.string().optional(),
    at: z.iso.datetime(),
    by: z.string().optional(),
    reason: z.string().optional(),
  })
  .meta({ id: "Pause", description: "Holds back the tasks it fits; without queue and type, all." });

const stats = defineRoute({
  method: "GET",
  path: "/api/queue/stats",
  name: "queueStats",
  tag: "queue",
  summary: "How many tasks there are of each status",
  details: "Of each status at most 10,000 are counted.",
  needs: "viewer",
  answers: {
    200: {
      description: "The counts.",
      schema: z.object({
        size: z.int().meta({ description: "Tasks that have not ended." }),
        blocked: z.int(),
        pending: z.int(),
        running: z.int(),
        completed: z.int(),
        failed: z.int(),
        cancelled: z.int(),
        isPaused: z.boolean().meta({ description: "All of it; parts of it are in `pauses`." }),
        concurrency: z.int().meta({ description: "How many tasks its workers run at once." }),
        pauses: z.array(pauseAnswer),
      }),
    },
  },
  async handle({ server }) {
    const { counts, size, concurrency, pauses } = await queueStats(server.store);
    const isPaused = pauses.some(({ queue, type }) => queue === undefined && type === undefined);
    return json({ size, ...counts, isPaused, concurrency, pauses: pauses.map(pauseJson) });
  },
});

const scope = {
  queue: name.optional().meta({ description: "Only this queue." }),
  type: name.optional().meta({ description: "Only tasks of this type." }),
};

const pausesAnswer = {
  200: {
    description: "The pauses in force now.",
    schema: z.object({ message: z.string(), pauses: z.array(pauseAnswer) }),
  },
};

const pause = defineRoute({
  method: "POST",
  path: "/api/queue/pause",
  name: "pauseQueue",
  tag: "queue",
  summary: "Hold back all tasks, or those of a queue or type",
  details: "What runs goes on. A pause outlives the server, and holds for all workers.",
  needs: "operator",
  action: "queue.pause",
  body: z.strictObject({ ...scope, reason: text(500).optional() }),
  bodyIsOptional: true,
  answers: pausesAnswer,
  async handle({ body: { reason, ...wanted }, server, caller, audit }) {
    return await answerPauses({ server, audit }, { scope: wanted, paused: true, caller, reason });
  },
});

function resumeAt(path: string, name: string): Route {
  return defineRoute({
    method: "POST",
    path,
    name,
    tag: "queue",
    summary: "Let go again what a pause of the same scope holds back",
    needs: "operator",
    action: "queue.resume",
    body: z.strictObject(scope),
    bodyIsOptional: true,
    answers: pausesAnswer,
    async handle({ body, server, caller, audit }) {
      return await answerPauses({ server, audit }, { scope: body, paused: false, caller });
    },
  });
}

async function answerPauses(
  { server, audit }: Pick<Asked, "server" | "audit">,
  params: Omit<PauseParams, "scope"> & {
    readonly scope: { queue?: string | undefined; type?: string | undefined };
  },
): Promise<Response> {
  const { queue, type } = params.scope;
  const wanted = { ...(queue !== undefined && { queue }), ...(type !== undefined && { type }) };
  const what = [queue && `queue ${queue}`, type && `type ${type}`].filter(Boolean).join(", ");
  audit({ target: what || "everything", ...(params.reason && { reason: params.reason }) });
  const pauses = await pauseQueue(server, { ...params, scope: wanted });
  const message = params.paused ? "Queue paused" : "Queue resumed";
  return json({ message, pauses: pauses.map(pauseJson) });
}

function pauseJson({ at, ...rest }: Pause) {
  return { ...rest, at: iso(at) };
}

export const queueRoutes: readonly Route[] = [
  stats,
  pause,
  resumeAt("/api/queue/resume", "resumeQueue"),
  resumeAt("/api/queue/start", "startQueue"),
];
