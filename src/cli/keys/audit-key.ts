import type { ApiKey } from "../../store/access-store.ts";
import type { TaskStore } from "../../store/task-store.ts";
import { userName } from "../user-name.ts";

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
