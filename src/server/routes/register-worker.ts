import { createHash } from "node:crypto";
import { z } from "zod";
import { ClxError } from "../../domain/errors.ts";
import { pathOf, type RegisterAnswer } from "../../link/api/protocol.ts";
import { json } from "../reply.ts";
import { defineRoute, type Route } from "../route.ts";
import { name, text } from "../schemas/fields.ts";
import { workerTokensOf } from "../worker-api/server-worker-api.ts";

const size = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const mode = "standalone";

const register = defineRoute({
  method: "POST",
  path: pathOf("register"),
  name: "registerWorker",
  tag: "workers",
  summary: "Let a process of elsewhere become a worker of this store",
  details:
    "What `clx worker --server` does. From then on it speaks the worker API (`docs/worker-api.md`), with the `token` of the answer in place of a key. It must activate itself with the `launchToken` before the start-up time-out. The same request, sent again, registers nobody else.",
  needs: "operator",
  action: "worker.register",
  isNewWork: true,
  body: z.strictObject({
    type: name.meta({ description: "The type of tasks it does." }),
    queue: name.meta({ description: "The queue it serves." }),
    concurrency: z.int().min(1).max(256).meta({ description: "Tasks that it does at once." }),
    expectedMemory: size.meta({ description: "What a task of it is expected to need, bytes." }),
    memoryLimit: size.optional().meta({ description: "Where it ends itself, bytes." }),
    configSource: text(200).optional(),
    nonce: z
      .string()
      .regex(/^[0-9a-f]{32,128}$/, "must be 32 to 128 hexadecimal digits")
      .meta({ description: "Random, made for this registration; whoever knows it gets the same." }),
  }),
  answers: {
    201: {
      description: "It is registered.",
      schema: z.object({
        workerId: z.string(),
        launchToken: z.string(),
        token: z.string(),
      }) satisfies z.ZodType<RegisterAnswer>,
    },
  },
  async handle({ body: { nonce, memoryLimit, configSource, ...wish }, server, audit }) {
    const tokens = workerTokensOf(server);
    const words = [nonce, wish.type, wish.queue].join(" ");
    const id = `${mode}-${wish.type}-0-${tokens.derive("id", words).slice(0, 8)}`;
    const launchToken = tokens.derive("launch", words);
    const worker = await server.store.registerWorker({
      worker: {
        ...{ ...wish, id, mode, persistent: false },
        ...(memoryLimit !== undefined && { memoryLimit }),
        ...(configSource !== undefined && { configSource }),
        launchTokenHash: createHash("sha256").update(launchToken).digest("hex"),
      },
      now: server.clock.now(),
    });
    if (worker.state !== "created" || worker.process !== undefined) {
      throw new ClxError("conflict", `worker ${id} is registered and has begun; use a new nonce`);
    }
    audit({ target: id });
    const answer: RegisterAnswer = { workerId: id, launchToken, token: tokens.tokenOf(id) };
    return json(answer, { status: 201 });
  },
});

export const registerWorkerRoutes: readonly Route[] = [register];
