import type { Workforce } from "../../server/workforce/workforce.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { Log } from "../logging/log.ts";

const everyMs = 60_000;

/** Logs now and then how queue and workers stand, while there is anything to do. */
export function logHealth(params: {
  readonly store: TaskStore;
  readonly workforce: Pick<Workforce, "places">;
  readonly log: Log;
  readonly everyMs?: number;
}): NodeJS.Timeout {
  const { store, workforce, log } = params;
  const look = async () => {
    const { counts } = await store.countMatching({});
    const { pending, running } = counts;
    if (pending === 0 && running === 0) return;
    const healthy = (await workforce.places()).every(({ connected }) => connected);
    const facts = { healthy, pending, running };
    log.say(
      `[Worker] Health check healthy=${healthy} pending=${facts.pending} running=${facts.running}`,
      { ...facts, level: healthy ? "info" : "warn" },
    );
  };
  return setInterval(() => {
    look().catch((error: unknown) => log.say(String(error), { level: "warn" }));
  }, params.everyMs ?? everyMs).unref();
}
