import { resolve } from "node:path";
import { specOptions } from "../build/spec-options.ts";
import { defineCommand } from "../command.ts";

export const outline = defineCommand({
  name: "outline",
  usage: "outline SPEC [--language LANG]",
  summary: "print a course's sections and the titles of its notebooks, as Markdown",
  examples: [
    { wish: "in English", line: "clx outline course.yaml" },
    { wish: "in German, to a file", line: "clx outline course.yaml --language de > outline.md" },
  ],
  options: {
    ...specOptions,
    language: { type: "string", value: "LANG", help: "en when the course has it, else its first" },
  },
  words: { atLeast: 1, atMost: 1 },
  async run(context, { values, words: [spec = ""] }) {
    const { printOutline } = await import("../build/print-course.ts");
    const { language, "data-dir": root } = values;
    return printOutline(context, {
      specPath: resolve(context.cwd, spec),
      ...(root !== undefined && { root: resolve(context.cwd, root) }),
      ...(language !== undefined && { language }),
    });
  },
});
