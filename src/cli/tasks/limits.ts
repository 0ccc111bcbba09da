import { parseWhole } from "../../config/number.ts";
import { defaultRetry, type NewTask } from "../../domain/task.ts";
import type { OptionSpecs } from "../command.ts";

/** What an attempt may take, and how many there may be. */
export const limitOptions = {
  timeout: { type: "string", value: "DURATION", help: "for one attempt: 90, 10m, 48h; 0 for none" },
  attempts: { type: "string", value: "N", help: "try up to N times, whoever's fault it was" },
  memory: { type: "string", value: "SIZE", help: "what it is expected to need: 512m, 8g" },
} as const satisfies OptionSpecs;

/** Of the option --attempts. */
export function retryOf(attempts: string | undefined): NewTask["retry"] {
  if (attempts === undefined) return defaultRetry;
  const maxAttempts = parseWhole(attempts, "--attempts", { atLeast: 1 });
  return { ...defaultRetry, on: "any", maxAttempts };
}
