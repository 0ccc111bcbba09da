import { explainStale } from "../lifecycle/services/find-services.ts";
import type { ServicesState } from "../lifecycle/services/services-state.ts";
import { isInPlace } from "../machine/database-identity.ts";
import type { Overview } from "../overview/overview.ts";
import { type Check, judged } from "./check.ts";

const { ok, warning, problem } = judged("workers");

/** What does not go as it should, among those that work. */
export function checkWorkers({ health, workers, supervisors }: Overview): Check[] {
  const findings = health.findings.map(({ level, code, message, next }) =>
    (level === "down" ? problem : warning)({ name: code, message, fix: next }),
  );
  const running = supervisors.filter(({ alive }) => alive === true).length;
  const count = `${workers.length} live ${workers.length === 1 ? "worker" : "workers"}`;
  const keepers = `${running} ${running === 1 ? "process keeps" : "processes keep"} workers`;
  return findings.length > 0 ? findings : [ok("workers", `${count}; ${keepers}.`)];
}

export interface StateFileParams {
  readonly path: string;
  /** Absent when there is none, or none that can be read. */
  readonly state: ServicesState | undefined;
  readonly exists: boolean;
  /** The last nine bits of its mode. */
  readonly mode: number;
}

export function checkStateFile({ path, state, exists, mode }: StateFileParams): Check[] {
  if (!exists) return [];
  const name = "services";
  if (state === undefined) {
    const fix = `Remove it: rm ${path}`;
    return [warning({ name, message: `${path} is not what clx writes there.`, fix })];
  }
  const { supervisor, database, pools } = state;
  const stale = explainStale(state);
  if (stale !== undefined) {
    const fix = `"clx start-services" starts them again and takes over workers that go on, "clx stop-services" ends those.`;
    return [warning({ name, message: `The services do not run: ${stale}.`, fix })];
  }
  if (!isInPlace(database)) {
    const fix = `Put the database back, or stop the services ("clx stop-services") and start them again.`;
    const message = `The services work on ${database.path}, which has been deleted or moved.`;
    return [problem({ name, message, fix })];
  }
  const kept = pools.map(({ type, count }) => `${count} ${type}`).join(", ");
  const well = ok(name, `The services run: process ${supervisor.pid} keeps ${kept}.`);
  if ((mode & 0o077) === 0) return [well];
  const fix = `chmod 600 ${path}`;
  return [well, warning({ name: "state_file", message: `Others may read ${path}.`, fix })];
}
