import { resolve } from "node:path";
import { specOptions } from "../build/spec-options.ts";
import { defineCommand } from "../command.ts";

export const targets = defineCommand({
  name: "targets",
  usage: "targets SPEC",
  summary: "list the output targets of a course, and what goes to each",
  examples: [
    { wish: "which names --targets takes", line: "clx targets course.yaml" },
    { wish: "for a program", line: "clx targets course.yaml --json" },
  ],
  options: specOptions,
  words: { atLeast: 1, atMost: 1 },
  async run(context, { values, words: [spec = ""] }) {
    const { printTargets } = await import("../build/print-course.ts");
    const root = values["data-dir"];
    return printTargets(context, {
      specPath: resolve(context.cwd, spec),
      ...(root !== undefined && { root: resolve(context.cwd, root) }),
    });
  },
});
