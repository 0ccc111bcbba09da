import { z } from "zod";
import { span } from "../domain/time-words.ts";
import type { Overview } from "../overview/overview.ts";
import { isDiskFull } from "./disk-room.ts";
import { type EndedCounts, endedCountsOf } from "./ended-counts.ts";
import { perServer } from "./per-server.ts";
import type { ServerContext } from "./server-context.ts";
import { serveModes } from "./server-settings.ts";
import { KeptFresh } from "./stream/kept-fresh.ts";

/** What does not answer by then is as good as gone to whoever asks for our health. */
const patienceMs = 2_000;
const restMs = 1_000;

const finding = z.object({
  level: z.enum(["degraded", "unhealthy"]),
  code: z.string(),
  message: z.string().optional().meta({ description: "Only for those who may look at tasks." }),
  next: z.string().optional().meta({ description: "What to do." }),
});

export const healthAnswer = z
  .object({
    status: z.enum(["healthy", "degraded", "unhealthy"]),
    timestamp: z.iso.datetime(),
    uptime: z.int().meta({ description: "Whole seconds." }),
    queue: z
      .object({
        size: z.int().meta({ description: "All that have not ended." }),
        pending: z.int(),
        running: z.int(),
        completed: z.int(),
        failed: z.int(),
        blocked: z.int(),
        cancelled: z.int(),
      })
      .optional()
      .meta({ description: "Absent when the store cannot be reached." }),
    workerMode: z.enum(serveModes),
    workers: z.object({ count: z.int(), healthy: z.boolean() }).optional(),
    findings: z.array(finding),
  })
  .meta({ id: "Health" });

export type Health = z.output<typeof healthAnswer>;

/** Of a second ago at most. Never rejects. */
export function healthOf(server: ServerContext): Promise<Health> {
  return keptHealth(server).get();
}

const keptHealth = perServer(
  (server) => new KeptFresh({ clock: server.clock, restMs, make: () => judge(server) }),
);

/** What anybody may know: codes, for words may name tasks, workers and folders. */
export function withoutWords(health: Health): Health {
  return { ...health, findings: health.findings.map(({ level, code }) => ({ level, code })) };
}

async function judge(server: ServerContext): Promise<Health> {
  const { clock, settings, closing } = server;
  const standing = {
    timestamp: new Date(clock.now()).toISOString(),
    uptime: Math.floor(process.uptime()),
    workerMode: settings.mode,
  };
  try {
    const { overview, ended, hasNoRoom } = await within(patienceMs, look(server));
    const findings = [
      ...(closing.aborted ? [closingFinding] : []),
      ...(hasNoRoom ? [fullFinding] : []),
      ...overview.health.findings.map((one) => ({ ...one, level: "degraded" as const })),
    ];
    return {
      ...{ status: findings.length === 0 ? "healthy" : "degraded", ...standing },
      queue: countQueue(overview, ended),
      workers: {
        count: overview.workers.length,
        healthy: !findings.some(({ code }) => ofWorkers.includes(code)),
      },
      findings,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const next = '"clx doctor" looks at the database; the server goes on as soon as it answers.';
    const unreachable = { level: "unhealthy" as const, code: "store_unreachable", message, next };
    return { status: "unhealthy", ...standing, findings: [unreachable] };
  }
}

async function look(server: ServerContext) {
  const [overview, ended, hasNoRoom] = await Promise.all([
    server.feed.overview(),
    endedCountsOf(server).get(),
    isDiskFull(server.settings.databasePath),
  ]);
  return { overview, ended, hasNoRoom };
}

/** Findings that say that workers are not as they should be. */
const ofWorkers: readonly string[] = [
  "no_workers",
  "no_workers_for_type",
  "workers_hung",
  "workers_silent",
  "workers_stalled",
  "workers_lost",
  "supervisor_lost",
  "pool_short",
];

const closingFinding = {
  level: "degraded",
  code: "shutting_down",
  message: "The server is shutting down and takes no new work.",
  next: "Ask again once it is back.",
} as const;

const fullFinding = {
  level: "degraded",
  code: "disk_full",
  message: "The disk of the database is full: no work is taken, and ends of tasks wait for room.",
  next: 'Make room there; "clx prune" removes old tasks, "clx db vacuum" gives their space back.',
} as const;

function countQueue({ types }: Overview, ended: EndedCounts) {
  const sumOf = (state: "blocked" | "pending" | "running") =>
    types.reduce((sum, type) => sum + type[state], 0);
  const [blocked, pending, running] = [sumOf("blocked"), sumOf("pending"), sumOf("running")];
  const { completed, failed, cancelled } = ended;
  const size = blocked + pending + running;
  return { size, pending, running, completed, failed, blocked, cancelled };
}

/** Whether the server takes work: it is open, not shutting down, its store answers and has room. */
export async function readinessOf(server: ServerContext): Promise<Readiness> {
  if (server.closing.aborted) return { ready: false, reason: "shutting down" };
  try {
    await within(patienceMs, Promise.all([server.workforce.pools(), server.store.listPauses()]));
  } catch {
    return { ready: false, reason: "starting, or its store does not answer" };
  }
  if (await isDiskFull(server.settings.databasePath)) {
    return { ready: false, reason: "the disk of its store is full" };
  }
  return server.closing.aborted ? { ready: false, reason: "shutting down" } : { ready: true };
}

export const readyAnswer = z
  .object({ ready: z.boolean(), reason: z.string().optional() })
  .meta({ id: "Readiness" });

export type Readiness = z.output<typeof readyAnswer>;

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const message = `the store has not answered within ${span(ms)}`;
  const timer = setTimeout(() => late.reject(new Error(message)), ms);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
