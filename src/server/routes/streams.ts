import { z } from "zod";
import { ClxError, TaskNotFoundError } from "../../domain/errors.ts";
import { RequestError } from "../request-error.ts";
import { type Asked, defineRoute, type Route } from "../route.ts";
import { taskId } from "../schemas/fields.ts";
import { eventAnswerOf } from "../stream/event-answer.ts";
import { type ChangeTopic, generalTopics } from "../stream/feed.ts";
import { type SseParams, sse } from "../stream/sse.ts";
import { taskMessages } from "../stream/task-messages.ts";
import { beginningOf, cursorText, eventFilter, filterOf } from "./events.ts";

const pageRestMs = 800;
const mostTopics = 100;

const eventStream = {
  200: { description: "Messages, for as long as both want", media: "text/event-stream" },
};

const streamEvents = defineRoute({
  method: "GET",
  path: "/api/events/stream",
  name: "streamEvents",
  tag: "events",
  summary: "Events as they happen",
  details:
    "Each message is one event, and its `id` the event's cursor. A reader that comes back with `Last-Event-ID`, as browsers do, or `?after=CURSOR`, misses none; `?after=0` begins with the oldest there is. Without either it begins now.",
  needs: "viewer",
  query: z.strictObject({
    ...eventFilter,
    after: z.union([z.literal("now"), cursorText]).optional(),
  }),
  answers: eventStream,
  handle(asked) {
    const { after = "now", ...rest } = asked.query;
    const { feed, store } = asked.server;
    const wanted = filterOf(rest);
    const asks = lastEventId(asked) ?? after;
    return stream(asked, async function* (signal) {
      const from = asks === "now" ? asks : await beginningOf(store, { ...wanted, after: asks });
      const params = { ...wanted, after: from, signal };
      for await (const events of feed.follow(params)) {
        yield events.map((event) => ({ id: event.cursor, data: eventAnswerOf(event) }));
      }
    });
  },
});

const streamTask = defineRoute({
  method: "GET",
  path: "/api/tasks/:id/stream",
  name: "streamTask",
  tag: "tasks",
  summary: "State, progress and log lines of one task as they come",
  details:
    "Messages are `state`, `progress`, `log`, `dropped` (log lines that were not kept), and at last `end`, when the task has ended and everything has been told; then the stream closes. The `id` of a message is the last log line told: a reader that comes back with `Last-Event-ID`, or `?after=`, gets no line twice.",
  needs: "viewer",
  params: z.object({ id: taskId }),
  query: z.strictObject({ after: cursorText.optional() }),
  answers: eventStream,
  async handle(asked) {
    const { params, query, server } = asked;
    const { store, feed } = server;
    const task = await store.findTask(params.id);
    if (task === undefined) throw new TaskNotFoundError(params.id);
    const afterLine = lastEventId(asked) ?? query.after ?? 0;
    return stream(asked, (signal) =>
      taskMessages({ store, feed, taskId: task.id, afterLine, signal }),
    );
  },
});

const topic = z
  .string()
  .max(200)
  .refine(isTopic, `must be ${generalTopics.join(", ")}, or task:ID, log:ID, worker:ID, bulk:ID`);

const streamChanges = defineRoute({
  method: "GET",
  path: "/stream",
  name: "streamChanges",
  tag: "pages",
  summary: "What a page shows may have changed",
  needs: "viewer",
  query: z.strictObject({
    topics: z
      .string()
      .transform((words) => words.split(/[ ,]+/).filter(Boolean))
      .pipe(z.array(topic).max(mostTopics))
      .optional(),
  }),
  answers: eventStream,
  handle(asked) {
    const { feed } = asked.server;
    const topics = asked.query.topics as readonly ChangeTopic[] | undefined;
    return stream(asked, async function* (signal) {
      const params = { signal, restMs: pageRestMs, ...(topics && { topics }) };
      for await (const changes of feed.changes(params)) {
        yield [{ id: changes.cursor, event: "changed", data: changes }];
      }
    });
  },
});

function isTopic(word: string): boolean {
  return (
    (generalTopics as readonly string[]).includes(word) || /^(task|log|worker|bulk):\S+$/.test(word)
  );
}

/** Whoever may no longer be here, since a key has been revoked, is let go at the next check. */
function stream({ server, caller }: Asked, messages: SseParams["messages"]): Response {
  const { gate, log } = server;
  return sse({
    messages,
    async check() {
      if (!(await gate.isInForce(caller)))
        throw new ClxError("unauthorised", `${caller.name} has no key in force`);
    },
    onError: (error) => log("warn", "a stream has been cut off", { error: String(error) }),
  });
}

function lastEventId({ http }: Asked): number | undefined {
  const text = http.req.header("Last-Event-ID");
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new RequestError("invalid_value", {
    message: "Last-Event-ID must be the id of a message of this stream; leave it out to begin anew",
  });
}

export const streamRoutes: readonly Route[] = [streamEvents, streamTask, streamChanges];
