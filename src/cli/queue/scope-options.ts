import { heldTasks, type Pause, type PauseScope, resumeCommand } from "../../domain/pause.ts";
import { pauseJson } from "../present/json-shapes.ts";
import type { Terminal } from "../terminal.ts";

/** Which tasks `clx queue pause` and `resume` are about. */
export const scopeOptions = {
  queue: { type: "string", value: "NAME", help: "tasks of this queue" },
  type: { type: "string", help: "tasks of this type" },
} as const;

export function scopeOf({ queue, type }: PauseScope): PauseScope {
  return { ...(queue !== undefined && { queue }), ...(type !== undefined && { type }) };
}

export function isSameScope(one: PauseScope, other: PauseScope): boolean {
  return one.queue === other.queue && one.type === other.type;
}

export interface PauseChange {
  readonly scope: PauseScope;
  readonly changed: boolean;
  /** In force now. */
  readonly pauses: readonly Pause[];
}

export function tellChange(
  terminal: Terminal,
  { scope, changed, pauses }: PauseChange,
  words: { readonly done: string; readonly before: string },
): void {
  if (terminal.json) {
    terminal.printJson({ changed, pauses: pauses.map(pauseJson) });
    return;
  }
  terminal.print(terminal.harmless(`${heldTasks(scope)} ${changed ? words.done : words.before}`));
  for (const pause of pauses.filter((one) => !isSameScope(one, scope))) {
    terminal.hint(
      terminal.harmless(`${heldTasks(pause)} are held back as well: ${resumeCommand(pause)}`),
    );
  }
}
