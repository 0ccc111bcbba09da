import { resolveTaskTimeout } from "../../config/pool-settings.ts";
import { newId } from "../../domain/ids.ts";
import type { JsonValue } from "../../domain/json.ts";
import { defaultRetry, type NewTask, type RetryPolicy } from "../../domain/task.ts";
import type { TaskRequest } from "../schemas/task-request.ts";
import type { ServerContext } from "../server-context.ts";
import { agentPayload, isAgentOfOurs } from "./agent-payload.ts";

/** Whose workers take instructions. */
const instructed = "agent";

/** The task that a request means, with what the configuration says about the rest. */
export function compileTask(
  request: TaskRequest,
  { server, at }: { readonly server: ServerContext; readonly at?: number },
): NewTask {
  const { config, settings, clock } = server;
  const { title, tags, runAt, expectedMemory, key } = request;
  const type = request.type ?? instructed;
  const timeoutMs = timeoutOf(request) ?? resolveTaskTimeout(config, type);
  return {
    id: newId(clock.now()),
    type,
    queue: request.queue ?? settings.queue,
    payload: isAgentOfOurs(type, config) ? agentPayload(request, at) : payloadOf(request),
    priority: request.priority ?? 0,
    retry: retryOf(request),
    after: request.after ?? [],
    onDependencyFailure: request.onDependencyFailure ?? "skip",
    ...(runAt !== undefined && { runAt }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(expectedMemory !== undefined && { expectedMemory }),
    ...(key !== undefined && { key }),
    ...(title !== undefined && { title }),
    ...(tags !== undefined && { tags: [...new Set(tags)] }),
  };
}

function payloadOf({ instruction, context, options, payload }: TaskRequest): JsonValue {
  if (instruction === undefined) return payload as JsonValue;
  const { async: _, ...rest } = options ?? {};
  return {
    instruction,
    ...(context !== undefined && { context: context as JsonValue }),
    ...(Object.keys(rest).length > 0 && { options: rest as JsonValue }),
  };
}

function timeoutOf({ timeoutMs, options }: TaskRequest): number | undefined {
  const timeout = options?.timeout;
  return timeoutMs ?? (typeof timeout === "object" ? timeout.total : timeout);
}

/** Spec 4 counts the retries, we the attempts; whoever asks for retries there means any failure. */
function retryOf({ retry, options }: TaskRequest): RetryPolicy {
  const asked = options?.retry;
  const fromOptions = asked && {
    on: "any" as const,
    maxAttempts: (asked.maxRetries ?? 3) + 1,
    ...(asked.initialDelay !== undefined && { backoffMs: asked.initialDelay }),
    ...(asked.maxDelay !== undefined && { maxBackoffMs: asked.maxDelay }),
  };
  const given = Object.fromEntries(
    Object.entries(retry ?? {}).filter(([, value]) => value !== undefined),
  );
  return { ...defaultRetry, ...fromOptions, ...given };
}
