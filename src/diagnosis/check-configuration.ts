import type { Config } from "../config/config.ts";
import { checkPools } from "../config/pool-settings.ts";
import { describeProblem, type Problem } from "../config/problem.ts";
import { type Check, judged } from "./check.ts";

const { ok, problem } = judged("configuration");

export interface ConfigurationParams {
  /** Without the values that are wrong. */
  readonly config: Config;
  readonly problems: readonly Problem[];
}

export function checkConfiguration({ config, problems }: ConfigurationParams): Check[] {
  const all = [...problems, ...(problems.length === 0 ? checkPools(config) : [])];
  if (all.length === 0) return [ok("configuration", filesWords(config))];
  return all.map((one) =>
    problem({
      name: "configuration",
      message: describeProblem(one),
      fix: `Correct it; "clx config validate" checks again, "clx config show" tells what is in force.`,
    }),
  );
}

function filesWords({ places }: Config): string {
  const files = places.filter(({ exists }) => exists).map(({ path }) => path);
  return files.length === 0
    ? "There is no configuration file; the defaults and the environment hold."
    : `No mistakes in ${files.join(", ")}.`;
}
