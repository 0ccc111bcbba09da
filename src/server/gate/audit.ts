import type { NewEvent } from "../../domain/event.ts";
import type { Role } from "../../domain/role.ts";
import { redactKeys } from "./secret.ts";

export interface AuditParams {
  /** Who: the name of a caller. */
  readonly actor: string;
  readonly role?: Role | undefined;
  /** What the route calls it: `task.cancel`. */
  readonly action: string;
  readonly target?: string | undefined;
  /** `refused`: they may not. `failed`: they may, and it could not be done. */
  readonly outcome: AuditOutcome;
  /** Of the answer; none on the command line. */
  readonly status?: number | undefined;
  readonly reason?: string | undefined;
  readonly at: number;
}

export type AuditOutcome = "done" | "refused" | "failed";

const longestText = 500;

/** One line of the audit trail: who did what to what, and how it ended. */
export function auditEvent(params: AuditParams): NewEvent {
  const { actor, role, action, outcome, status, at } = params;
  const target = tamed(params.target);
  const reason = tamed(params.reason);
  const words = [actor, action, target, outcome === "done" ? undefined : outcome];
  return {
    type: "audit",
    at,
    message: words.filter((word) => word !== undefined).join(" "),
    ...aboutWhom(action, target),
    data: {
      actor,
      ...(role !== undefined && { role }),
      action,
      ...(target !== undefined && { target }),
      outcome,
      ...(status !== undefined && { status }),
      ...(reason !== undefined && { reason }),
    },
  };
}

/** So that the events of a task, or of a worker, tell who did something to it. */
function aboutWhom(action: string, target: string | undefined): Partial<NewEvent> {
  if (target === undefined) return {};
  if (action.startsWith("task.")) return { taskId: target };
  return action.startsWith("worker.") ? { workerId: target } : {};
}

export function auditOutcome(status: number): AuditOutcome {
  if (status < 400) return "done";
  return status === 401 || status === 403 || status === 429 ? "refused" : "failed";
}

/** Anybody may have written it. */
function tamed(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  const plain = redactKeys(text).replaceAll(/\p{Cc}+/gu, " ");
  return plain.length > longestText ? `${plain.slice(0, longestText)}…` : plain;
}
