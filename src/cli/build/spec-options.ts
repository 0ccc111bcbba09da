import type { OptionSpecs } from "../command.ts";

/** For every command that reads a spec. */
export const specOptions = {
  "data-dir": { type: "string", value: "DIR", help: "the course's root, where slides/ is" },
} as const satisfies OptionSpecs;
