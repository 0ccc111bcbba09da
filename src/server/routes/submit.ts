import { z } from "zod";
import type { Task } from "../../domain/task.ts";
import { isFinal } from "../../domain/task-state.ts";
import type { Submitted } from "../../store/task-store.ts";
import { checkInput } from "../incoming/check-input.ts";
import { isForNobody } from "../operations/is-for-nobody.ts";
import { submitTasks } from "../operations/submit-tasks.ts";
import { whyItWaits } from "../operations/task-acts.ts";
import { waitForEnd } from "../operations/wait-for-end.ts";
import { taskJson } from "../outgoing/task-json.ts";
import { json } from "../reply.ts";
import { type Asked, defineRoute, type Route } from "../route.ts";
import { text } from "../schemas/fields.ts";
import { taskAnswer } from "../schemas/task-answer.ts";
import { batchRequest, taskRequest } from "../schemas/task-request.ts";

const idempotency =
  "A header `Idempotency-Key` (or the field `key`) makes it safe to send twice: the second time answers with the first one's task, and the header `Idempotency-Replayed: true`.";

const submit = defineRoute({
  method: "POST",
  path: "/api/tasks",
  name: "submitTask",
  tag: "tasks",
  summary: "Hand in a task",
  details: `Give \`type\` and \`payload\`, or an \`instruction\` for an agent. It is answered as soon as the task is durable; with \`options.async: false\` it waits for the end, and answers 201 whatever the end is: \`status\` says so. Where nobody could take it, and when the server shuts down, that is answered as without waiting, and the task stays in the queue. ${idempotency}`,
  needs: "operator",
  action: "task.submit",
  isNewWork: true,
  body: taskRequest,
  answers: {
    201: { description: "It was waited for, and has ended.", schema: taskAnswer },
    202: {
      description:
        "It is durable. `waitsBecause` is there for an instruction that nobody could take now, and for what was waited for in vain.",
      schema: taskAnswer,
    },
  },
  async handle(asked) {
    const { body, caller, server, audit, http } = asked;
    const key = idempotencyKeyOf(asked);
    const [submitted] = await submitTasks({ server, caller, requests: [body], key });
    if (!submitted) throw new Error("the store answered without the task");
    audit({ target: submitted.task.id });
    if (body.options?.async !== false) return await taken(server, submitted.task, submitted);
    const { signal } = http.req.raw;
    const task = (await waitForEnd(server, submitted.task.id, signal)) ?? submitted.task;
    if (isFinal(task.state)) return accepted(task, submitted, { status: 201 });
    return accepted(task, submitted, explained(await whyItWaits(server, task)));
  },
});

const submitMany = defineRoute({
  method: "POST",
  path: "/api/tasks/batch",
  name: "submitTasks",
  tag: "tasks",
  summary: "Hand in many tasks at once, all of them or none",
  details: `${idempotency} Each task without a \`key\` of its own gets one made from the header and its position.`,
  needs: "operator",
  action: "task.submit",
  isNewWork: true,
  body: batchRequest,
  answers: {
    202: {
      description: "They are durable; in the order of the request.",
      schema: z.object({ tasks: z.array(taskAnswer) }),
    },
  },
  async handle(asked) {
    const { body, caller, server, audit } = asked;
    const key = idempotencyKeyOf(asked);
    const submitted = await submitTasks({ server, caller, requests: body.tasks, key });
    audit({ target: `${submitted.length} tasks` });
    const isReplay = submitted.every(({ created }) => !created);
    return json(
      { tasks: submitted.map(({ task }) => taskJson(task)) },
      { status: 202, headers: isReplay ? replayed : {} },
    );
  },
});

const replayed = { "Idempotency-Replayed": "true" };

const keyHeader = z.object({ "Idempotency-Key": text(200).optional() });

export function idempotencyKeyOf({ http }: Pick<Asked, "http">): string | undefined {
  const key = http.req.header("Idempotency-Key");
  checkInput(keyHeader, { "Idempotency-Key": key }, "headers");
  return key;
}

/** An instruction that nobody here can follow is said to be that at once. */
async function taken(server: Asked["server"], task: Task, submitted: Submitted): Promise<Response> {
  const mayBeAlone = task.type === "agent" && task.state === "pending";
  const isAlone = mayBeAlone && (await isForNobody(server, task));
  return accepted(task, submitted, explained(isAlone ? await whyItWaits(server, task) : undefined));
}

function explained(waitsBecause: string | undefined): { readonly waitsBecause?: string } {
  return waitsBecause === undefined ? {} : { waitsBecause };
}

function accepted(
  task: Task,
  { created }: Submitted,
  { status = 202, ...more }: { readonly status?: number; readonly waitsBecause?: string },
): Response {
  const location = { Location: `/api/tasks/${task.id}` };
  const headers = { ...location, ...(!created && replayed) };
  return json({ ...taskJson(task), ...more }, { status, headers });
}

export const submitRoutes: readonly Route[] = [submit, submitMany];
