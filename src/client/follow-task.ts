import type { z } from "zod";
import type { JsonValue } from "../domain/json.ts";
import type { logLine } from "../server/schemas/log-answer.ts";
import type { TaskAnswer } from "../server/schemas/task-answer.ts";
import { ApiError } from "./api-error.ts";
import type { Http } from "./http.ts";
import { readSse, type SseMessage } from "./read-sse.ts";
import { sleep } from "./sleep.ts";

/** What happens to a task; the last one is its `end`. */
export type TaskNews =
  | { readonly kind: "state"; readonly status: TaskAnswer["status"]; readonly attempt: number }
  | {
      readonly kind: "progress";
      readonly fraction?: number;
      readonly message?: string;
      readonly data?: JsonValue;
    }
  | ({ readonly kind: "log" } & z.output<typeof logLine>)
  | { readonly kind: "dropped"; readonly lines: number }
  | { readonly kind: "end"; readonly status: TaskAnswer["status"] | "deleted" };

const kinds: readonly string[] = ["state", "progress", "log", "dropped", "end"];
const restMs = 500;
/** A server that is started again takes a while; one that stays away is told. */
const patienceMs = 60_000;

export interface FollowParams {
  readonly signal?: AbortSignal | undefined;
  /** Only log lines after this cursor. */
  readonly after?: number;
}

/**
 * State, progress and log lines of a task as they come, to its end. A connection that is lost, as
 * when the server is started again, is made anew; no line comes twice.
 */
export async function* followTask(
  http: Http,
  taskId: string,
  { signal, after = 0 }: FollowParams = {},
): AsyncGenerator<TaskNews> {
  let last = String(after);
  let isKnown = false;
  let lostAt: number | undefined;
  for (;;) {
    try {
      const path = `/api/tasks/${encodeURIComponent(taskId)}/stream`;
      const stream = await http.send({ method: "GET", path, query: { after: last }, signal });
      isKnown = true;
      for await (const message of readSse(bodyOf(stream))) {
        lostAt = undefined;
        if (message.id !== "") last = message.id;
        const news = newsOf(message);
        if (news !== undefined) yield news;
        if (news?.kind === "end") return;
      }
    } catch (error) {
      if (signal?.aborted || !isKnown || !mayPass(error)) throw error;
      lostAt ??= performance.now();
      if (performance.now() - lostAt > patienceMs) throw error;
    }
    await sleep(restMs, signal);
  }
}

/** A connection that broke is no refusal. */
function mayPass(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status === 503;
}

function bodyOf({ body, url, status }: Response): ReadableStream<Uint8Array> {
  if (body !== null) return body;
  throw new ApiError({ code: "internal", status, message: `${url} answered without a stream` });
}

function newsOf({ event, data }: SseMessage): TaskNews | undefined {
  return kinds.includes(event) ? { kind: event, ...JSON.parse(data) } : undefined;
}
