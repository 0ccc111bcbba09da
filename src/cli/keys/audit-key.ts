import { userInfo } from "node:os";
import type { ApiKey } from "../../store/access-store.ts";
import type { TaskStore } from "../../store/task-store.ts";

export interface AuditKeyParams {
  readonly store: TaskStore;
  readonly action: "key.create" | "key.revoke";
  readonly key: ApiKey;
  readonly at: number;
}

/** Whoever may write the database needs no key; who it was is still told. */
export async function auditKey({ store, action, key, at }: AuditKeyParams): Promise<void> {
  const { auditEvent } = await import("../../server/gate/audit.ts");
  const target = `${key.name} (${key.role})`;
  const actor = `command line (${userName()})`;
  await store.appendEvents({
    events: [auditEvent({ actor, action, target, outcome: "done", at })],
  });
}

/** In a container a user may have a number and no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}
