/** What was looked at, how it is, and what to do if it is not well. */
export interface Check {
  readonly area: Area;
  /** Stable, for programs: "database_lock". */
  readonly name: string;
  /** `warning`: it works, but not as it should. `problem`: something cannot work. */
  readonly level: "ok" | "warning" | "problem";
  /** One sentence. */
  readonly message: string;
  /** What to do; present unless all is well. */
  readonly fix?: string;
}

export const areas = [
  "system",
  "configuration",
  "database",
  "workers",
  "memory",
  "disk",
  "tools",
] as const;

export type Area = (typeof areas)[number];

type Words = Omit<Check, "area" | "level">;

/** Short ways to say how something is. */
export function judged(area: Area) {
  return {
    ok: (name: string, message: string): Check => ({ area, name, level: "ok", message }),
    warning: (words: Required<Words>): Check => ({ area, level: "warning", ...words }),
    problem: (words: Required<Words>): Check => ({ area, level: "problem", ...words }),
  };
}
