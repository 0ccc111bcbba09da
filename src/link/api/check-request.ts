import { z } from "zod";
import { ClxError } from "../../domain/errors.ts";
import type { Failure } from "../../domain/failure.ts";
import { failureKinds } from "../../domain/failure.ts";
import type { JsonValue } from "../../domain/json.ts";
import { batchCap, type Operation, type Protocol } from "./protocol.ts";

const id = z.string().min(1).max(200);
/** A request is not larger than it may be, so neither are they. */
const words = z.string();
const count = z.int().min(0).max(batchCap);
const time = z.int().min(0).max(8_640_000_000_000_000);
const bytes = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
/** It came as JSON, so it is. */
const json = z.unknown().transform((value) => value as JsonValue);
const inHand = z.array(id).max(4_096);

const log = z.object({ at: time, stream: z.enum(["stdout", "stderr", "log"]), line: words });

const progress = z.object({
  fraction: z.number().min(0).max(1).optional(),
  message: words.optional(),
  data: json.optional(),
  at: time,
});

const failure = z.object({
  kind: z.enum(Object.keys(failureKinds) as [Failure["kind"]]),
  message: words,
  exitCode: z.int().optional(),
  signal: words.optional(),
  logTail: words.optional(),
  peakMemory: bytes.optional(),
  details: words.optional(),
});

const outcome = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("completed"), result: json.optional() }),
  z.object({ kind: z.literal("failed"), failure, result: json.optional() }),
  z.object({ kind: z.literal("cancelled") }),
  z.object({ kind: z.literal("released") }),
]);

const settlement = z.object({
  taskId: id,
  attempt: z.int().min(1),
  outcome,
  logs: z.array(log).optional(),
  peakMemory: bytes.optional(),
  cpuMs: bytes.optional(),
});

const claim = z.object({
  limit: count,
  memoryFree: z.number().optional(),
  inHand,
  waitMs: z.number().min(0).optional(),
});

const ending = z.object({
  reason: words,
  exitCode: z.int().optional(),
  signal: words.optional(),
  logTail: words.optional(),
});

const jitter = z.number().min(0).max(1);
const leaseMs = z.number().min(1).max(86_400_000);
const usage = z.object({
  memory: bytes,
  cpuPercent: z.number().min(0).optional(),
  processes: z.int().min(0),
});
const process = z.object({ pid: z.int().min(0), startedAt: words, host: words });

/** More than is known here is passed over: it may be a newer worker's. */
const schemas = {
  activate: z.object({
    launchToken: words,
    process,
    leaseMs,
    isOpening: z.boolean().optional(),
  }),
  ready: z.object({}),
  claim,
  settle: z.object({
    settlements: z.array(settlement).max(batchCap),
    limit: count,
    memoryFree: z.number().optional(),
    jitter,
    inHand,
  }),
  report: z.object({
    taskId: id,
    attempt: z.int().min(1),
    progress: progress.optional(),
    logs: z.array(log).optional(),
    checkpoint: json.optional(),
    repeated: z.boolean().optional(),
  }),
  renew: z.object({ leaseMs, usage: usage.optional() }),
  drain: z.object({}),
  end: z.object({
    event: z.enum(["leave", "fail"]),
    ending,
    tasks: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("released") }),
      z.object({ kind: z.literal("failed"), failure }),
    ]),
    jitter,
  }),
  "end-session": z.object({ sessionId: id, reason: words }),
  watch: z.object({
    work: z.boolean().optional(),
    seen: words.optional(),
    waitMs: z.number().min(0),
  }),
} as const satisfies Record<Operation, z.ZodType>;

/** @throws ClxError `invalid_value`, which says where */
export function checkRequest<Name extends Operation>(
  operation: Name,
  value: unknown,
): Protocol[Name]["request"] {
  const { success, data, error } = schemas[operation].safeParse(value);
  if (success) return data as Protocol[Name]["request"];
  const [issue] = error.issues;
  const place = issue === undefined || issue.path.length === 0 ? "the body" : issue.path.join(".");
  throw new ClxError(
    "invalid_value",
    `${operation}: ${place}: ${issue?.message ?? "is not as the protocol says"}`,
  );
}
