import { knownTypes } from "../../config/pool-settings.ts";
import { startHint, type TaskPlace } from "../../domain/start-hint.ts";
import { liveWorkerStates } from "../../domain/worker-state.ts";
import type { TaskStore } from "../../store/task-store.ts";
import type { CommandContext } from "../command.ts";

/** The queue takes a task of any type; a name that was mistyped would wait for ever. */
export async function noteUnknownType(
  { terminal, config }: CommandContext,
  store: TaskStore,
  place: TaskPlace,
): Promise<void> {
  const known = knownTypes(config);
  if (known.includes(place.type)) return;
  const live = await store.listWorkers({ type: place.type, states: liveWorkerStates });
  if (live.length > 0) return;
  terminal.hint(`nobody takes ${place.type} tasks so far; ${startHint(place, known)}`);
}
