import { parseArgs } from "node:util";

export type DurabilityClass = "D1" | "D2";

export interface BenchOptions {
  /** Small sizes and one run: to see that it works, not to quote. */
  readonly quick: boolean;
  readonly only: readonly string[];
  readonly class: DurabilityClass;
  readonly runs: number;
  readonly idleSeconds: number;
}

/** SQLite's `synchronous` for each class: D2 survives the loss of power, D1 a crash of processes. */
export const synchronousOf: Record<DurabilityClass, "full" | "normal"> = {
  D2: "full",
  D1: "normal",
};

export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      class: { type: "string", default: "D2" },
      runs: { type: "string" },
      "idle-seconds": { type: "string" },
    },
  });
  const { quick } = values;
  return {
    quick,
    only: values.only.split(",").filter(Boolean),
    class: readClass(values.class),
    runs: Number(values.runs ?? (quick ? 1 : 5)),
    idleSeconds: Number(values["idle-seconds"] ?? (quick ? 3 : 20)),
  };
}

function readClass(text: string): DurabilityClass {
  if (text === "D1" || text === "D2") return text;
  throw new Error(`--class must be D1 or D2, not ${text}`);
}
