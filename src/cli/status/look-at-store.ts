import type { DatabasePlace } from "../../config/database-place.ts";
import { ClxError } from "../../domain/errors.ts";
import type { TaskStore } from "../../store/task-store.ts";

/** Who only looks does not wait as long for a lock as somebody who has work to keep. */
export const lookPatienceMs = 5_000;

/** Opens a store to look at it: one of an earlier version is brought up to ours first. */
export async function openToLook({ path }: DatabasePlace): Promise<TaskStore> {
  const { openSqliteStore } = await import("../../store/sqlite/open-sqlite-store.ts");
  const params = { path, busyTimeoutMs: lookPatienceMs };
  try {
    return await openSqliteStore({ ...params, readOnly: true });
  } catch (error) {
    if (!(error instanceof ClxError) || error.code !== "store_read_only") throw error;
    return await openSqliteStore({ ...params, create: false });
  }
}
