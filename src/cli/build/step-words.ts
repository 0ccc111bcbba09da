import type { Step } from "../../course/plan/plan.ts";
import { relativeTo } from "../../course/relative-to.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { Task } from "../../domain/task.ts";
import { cleaned } from "../terminal.ts";

/** What a step warned of, as people read it; kept with it, and told again while it is up to date. */
export function warningsOf({ result }: Task): readonly string[] {
  if (typeof result !== "object" || result === null || !("warnings" in result)) return [];
  const { warnings } = result;
  if (!Array.isArray(warnings)) return [];
  return (warnings as readonly JsonValue[]).flatMap((warning) => {
    if (typeof warning === "string") return [cleaned(warning)];
    if (typeof warning !== "object" || warning === null || !("message" in warning)) return [];
    const { message, line } = warning;
    if (typeof message !== "string") return [];
    return [cleaned(typeof line === "number" ? `line ${line}: ${message}` : message)];
  });
}

/** Warnings with the source that they are about; what several steps say of it is said once. */
export function warningLines(
  steps: Iterable<{ readonly step: Step; readonly warnings: readonly string[] }>,
  root: string,
): readonly string[] {
  const lines = [...steps].flatMap(({ step, warnings }) => {
    if (warnings.length === 0) return [];
    const { path } = step.kind === "draw" ? step.diagram : step.notebook;
    return warnings.map((warning) => `${relativeTo(root, path)}: ${warning}`);
  });
  return [...new Set(lines)];
}

/** Why it failed: one line that says it, and those that show it. */
export function failureWords({ failure, cancelReason }: Partial<Task>): {
  readonly message: string;
  readonly excerpt: readonly string[];
} {
  const [first = "", ...rest] = (failure?.message ?? cancelReason ?? "").split("\n");
  const shown = failure?.details ?? (rest.join("\n") || failure?.logTail) ?? "";
  const lines = shown === "" ? [] : shown.trimEnd().split("\n").slice(-12);
  return { message: cleaned(first), excerpt: lines.map(cleaned) };
}
