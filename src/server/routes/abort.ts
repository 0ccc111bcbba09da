import { z } from "zod";
import { abortWorker } from "../operations/worker-acts.ts";
import { json } from "../reply.ts";
import { type Asked, defineRoute, type Route } from "../route.ts";
import { text } from "../schemas/fields.ts";

const params = z.object({ id: text(200) });
const confirm = z.literal("yes").optional();
const tasks = z.enum(["fail", "requeue"]).optional().meta({
  description: "What becomes of the tasks that it runs; they fail unless requeue is asked for.",
});

const aborted = {
  200: {
    description: "Nothing of it is left.",
    schema: z.object({
      status: z.literal("success"),
      worker_id: z.string(),
      tasks: z.array(z.string()).meta({ description: "Those it ran." }),
    }),
  },
};

const abort = defineRoute({
  method: "POST",
  path: "/api/workers/:id/abort/",
  name: "abortWorker",
  tag: "workers",
  summary: "End a worker now, with all its processes",
  details: "Needs `?confirm=yes`, or `confirm: true` in the body; without it nothing happens.",
  needs: "operator",
  action: "worker.abort",
  params,
  query: z.strictObject({ confirm, tasks }),
  body: z.strictObject({ confirm: z.union([z.boolean(), z.literal("yes")]).optional(), tasks }),
  bodyIsOptional: true,
  answers: aborted,
  handle: (asked) =>
    answerAbort(asked, {
      id: asked.params.id,
      isConfirmed: asked.query.confirm === "yes" || isYes(asked.body.confirm),
      tasks: asked.body.tasks ?? asked.query.tasks,
    }),
});

function isYes(confirmed: boolean | "yes" | undefined): boolean {
  return confirmed === true || confirmed === "yes";
}

const abortByDelete = defineRoute({
  method: "DELETE",
  path: "/api/workers/:id/abort/",
  name: "abortWorkerByDelete",
  tag: "workers",
  summary: "End a worker now, with all its processes",
  details: "Needs `?confirm=yes`; without it nothing happens.",
  needs: "operator",
  action: "worker.abort",
  params,
  query: z.strictObject({ confirm, tasks }),
  answers: aborted,
  handle: (asked) =>
    answerAbort(asked, {
      id: asked.params.id,
      isConfirmed: asked.query.confirm === "yes",
      tasks: asked.query.tasks,
    }),
});

async function answerAbort(
  { server, audit }: Pick<Asked, "server" | "audit">,
  wish: Parameters<typeof abortWorker>[1],
): Promise<Response> {
  audit({ ...(wish.tasks === "requeue" && { reason: "its tasks run again" }) });
  const { worker, tasks: held } = await abortWorker(server, wish);
  return json({ status: "success", worker_id: worker.id, tasks: held.map(({ id }) => id) });
}

export const abortRoutes: readonly Route[] = [abort, abortByDelete];
