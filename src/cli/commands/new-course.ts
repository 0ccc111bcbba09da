import { relative, resolve } from "node:path";
import { defineCommand } from "../command.ts";

export const newCourse = defineCommand({
  name: "new-course",
  usage: "new-course DIR",
  summary: "make a small course to start from: a notebook, diagrams, data, two languages",
  examples: [
    {
      wish: "make one, and build it",
      line: "clx new-course my-course && clx build my-course/course.yaml",
    },
  ],
  details: `The folder must be new or empty. Its course.yaml explains every key, and course.schema.json beside it
lets an editor complete and check them.`,
  options: {},
  words: { atLeast: 1, atMost: 1 },
  async run({ terminal, cwd }, { words: [dir = ""] }) {
    const { writeCourse } = await import("../../course/new-course/write-course.ts");
    const folder = resolve(cwd, dir);
    const files = await writeCourse(folder);
    if (terminal.json) terminal.printJson({ path: folder, files });
    else for (const file of files) terminal.print(relative(cwd, resolve(folder, file)));
    const spec = relative(cwd, resolve(folder, "course.yaml"));
    terminal.hint(`build it with: clx build ${/^[\w./-]+$/.test(spec) ? spec : `"${spec}"`}`);
    return 0;
  },
});
