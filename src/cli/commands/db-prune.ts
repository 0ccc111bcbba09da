import type { Command } from "../command.ts";
import { prune } from "./prune.ts";

/** `clx prune` under the name of its group. */
export const dbPrune: Command = {
  ...prune,
  name: "db prune",
  usage: `db ${prune.usage}`,
  examples: (prune.examples ?? []).map(({ wish, line }) => ({
    wish,
    line: line.replace("clx prune", "clx db prune"),
  })),
};
