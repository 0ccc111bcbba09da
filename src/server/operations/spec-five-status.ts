import { lookUpForType } from "../../config/config.ts";
import { openTaskStates } from "../../domain/task-state.ts";
import { stalledAfterMs, type Worker } from "../../domain/worker.ts";
import { isLive } from "../../domain/worker-state.ts";
import { specFiveWords } from "../../domain/worker-words.ts";
import { readMemory } from "../../machine/memory.ts";
import { isAlive } from "../../machine/process-identity.ts";
import type { Admission } from "../../supervisor/admission.ts";
import { iso } from "../outgoing/task-json.ts";
import type { SpecFiveStatus, SpecFiveWorker } from "../schemas/spec-five.ts";
import type { ServerContext } from "../server-context.ts";
import { typeToAdd } from "./worker-acts.ts";

/** All workers, limits, memory and queue in the words and shape of spec 5. */
export async function specFiveStatus(server: ServerContext): Promise<SpecFiveStatus> {
  const { store, clock, config } = server;
  const type = typeToAdd(server);
  const [workers, counts, admission] = await Promise.all([
    store.listWorkers({}),
    store.countTasks({ states: openTaskStates }),
    server.workforce.mayAdd({ type }),
  ]);
  const now = clock.now();
  const countOf = (wanted: string) =>
    counts.reduce((sum, { state, count }) => sum + (state === wanted ? count : 0), 0);
  return {
    workers: workers.map((worker) => workerJson(worker, now)),
    limits: limitsOf(admission, {
      isManaged: server.workforce.mode === "managed",
      peak: lookUpForType(config, type, "expected_memory").value,
    }),
    memory: memoryNow(),
    queue: { pending: countOf("pending") + countOf("blocked"), running: countOf("running") },
  };
}

function workerJson(worker: Worker, now: number): SpecFiveWorker {
  const { id, process, state, heartbeatAt, usage, logPath } = worker;
  const isThere = isLive(state);
  const silentMs = now - (heartbeatAt ?? worker.activatedAt ?? worker.registeredAt);
  return {
    worker_id: id,
    type: worker.type,
    pid: process?.pid ?? null,
    state: specFiveWords[state],
    started_at: iso(worker.registeredAt),
    heartbeat: iso(heartbeatAt) ?? null,
    time_since_heartbeat: heartbeatAt === undefined ? "Never" : ago(now - heartbeatAt),
    memory: isThere ? (usage?.memory ?? 0) : 0,
    cpu: isThere ? (usage?.cpuPercent ?? 0) : 0,
    log_path: logPath ?? null,
    tasks: [...worker.taskIds],
    is_stalled: isThere && (state === "hung" || silentMs > stalledAfterMs),
    appears_dead: isThere && process !== undefined && isAlive(process) === false,
    error: worker.ending?.logTail ?? null,
    reason: worker.ending?.reason ?? null,
  };
}

function ago(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [count, unit] =
    seconds < 60
      ? [seconds, "second"]
      : seconds < 3_600
        ? [Math.floor(seconds / 60), "minute"]
        : seconds < 86_400
          ? [Math.floor(seconds / 3_600), "hour"]
          : [Math.floor(seconds / 86_400), "day"];
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}

function limitsOf(
  admission: Admission,
  { isManaged, peak }: { readonly isManaged: boolean; readonly peak: number },
): SpecFiveStatus["limits"] {
  const { admissible, live } = admission.room;
  const refused = admission.kind === "refused" ? admission : undefined;
  return {
    admissible: Math.max(0, admissible),
    active: live,
    peak_per_worker: peak,
    can_add: isManaged && refused === undefined,
    no_capacity: refused !== undefined,
    refused_by: refused?.limit ?? null,
    message: isManaged
      ? (refused?.message ?? null)
      : "this server keeps no workers of its own; only one in managed mode adds some",
  };
}

function memoryNow(): SpecFiveStatus["memory"] {
  const { memoryTotal: total, memoryAvailable: available } = readMemory();
  const used = Math.max(0, total - available);
  const percent = total === 0 ? 0 : Math.round((used / total) * 1_000) / 10;
  return { total, available, used, percent };
}
