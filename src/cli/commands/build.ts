import { resolve } from "node:path";
import { parseWhole } from "../../config/number.ts";
import { type Kind, kinds } from "../../notebook/notebook.ts";
import type { OutputMode } from "../build/build-display.ts";
import type { BuildParams } from "../build/build-params.ts";
import { defineCommand, type Given } from "../command.ts";
import { configOptions } from "../config-options.ts";
import { parseOneOf, parseSeveralOf } from "../input/one-of.ts";
import { UsageError } from "../usage-error.ts";

const own = {
  "data-dir": { type: "string", value: "DIR", help: "the course's root, where slides/ is" },
  "output-dir": {
    type: "string",
    value: "DIR",
    help: "one target with everything, in this folder",
  },
  language: { type: "string", value: "LANG", help: "only this language: de, en" },
  targets: { type: "string", value: "NAMES", help: "only these output targets: students,public" },
  kinds: { type: "string", value: "KINDS", help: "only these: code-along, completed, speaker" },
  "speaker-only": { type: "boolean", help: "the same as --kinds speaker" },
  "output-mode": { type: "string", value: "MODE", help: "default, verbose, quiet or json" },
  "dry-run": { type: "boolean", help: "say what would be done, and do nothing" },
  explain: { type: "boolean", help: "say why each output is built again" },
  watch: { type: "boolean", help: "go on, and build again whenever sources change" },
  preview: {
    type: "boolean",
    help: "with --watch: show the pages at a local address, always fresh",
  },
  port: { type: "string", value: "PORT", help: "of the preview (default: 8765; 0 for any)" },
  rebuild: { type: "boolean", help: "build everything again, and execute it anew" },
} as const;

type BuildValues = Given<typeof own>["values"];

const modes = ["default", "verbose", "quiet", "json"] as const satisfies OutputMode[];

export const build = defineCommand({
  name: "build",
  usage: "build SPEC [options]",
  summary: "build a course: notebooks, PlantUML and draw.io into their outputs",
  examples: [
    { wish: "build what has changed", line: "clx build course.yaml" },
    {
      wish: "build what participants get, in English",
      line: "clx build course.yaml --language en --kinds code-along,completed",
    },
    {
      wish: "see every change in the browser at once",
      line: "clx build course.yaml --watch --preview",
    },
  ],
  details: `Only what is stale is built: a change of a notebook, of a diagram, a picture, a helper module or
of data builds again what was made from it. When nothing is stale no worker is started.

Exit code 0 when everything is built, 1 when something failed, 2 when nothing could be built,
130 after Ctrl-C. Files are replaced whole: a build that is killed leaves the old one or the new one.`,
  options: { ...configOptions, ...own },
  words: { atLeast: 1, atMost: 1 },
  async run(context, { values: given, words: [spec = ""] }) {
    const params = paramsOf(given as BuildValues, spec, context.cwd, context.terminal.json);
    const { watch = false, preview = false, port } = given as BuildValues;
    if (!watch) {
      if (preview || port !== undefined) throw new UsageError("--preview and --port need --watch");
      const { buildCourse } = await import("../build/build-course.ts");
      return await buildCourse(context, params);
    }
    if (params.dryRun) throw new UsageError("--dry-run builds nothing; leave out --watch");
    const previewPort = preview || port !== undefined ? portOf(port) : undefined;
    const { watchCourse } = await import("../build/watch-course.ts");
    return await watchCourse(context, {
      ...params,
      ...(previewPort !== undefined && { previewPort }),
    });
  },
});

function paramsOf(values: BuildValues, spec: string, cwd: string, json: boolean): BuildParams {
  const { language, targets, "data-dir": root, "output-dir": output } = values;
  const wantedKinds = kindsOf(values);
  return {
    specPath: resolve(cwd, spec),
    ...(root !== undefined && { root: resolve(cwd, root) }),
    parts: {
      ...(language !== undefined && { languages: listOf(language) }),
      ...(targets !== undefined && { targets: listOf(targets) }),
      ...(wantedKinds !== undefined && { kinds: wantedKinds }),
      ...(output !== undefined && { outputFolder: resolve(cwd, output) }),
    },
    mode: json ? "json" : parseOneOf(values["output-mode"] ?? "default", "--output-mode", modes),
    dryRun: values["dry-run"] ?? false,
    explain: values.explain ?? false,
    rebuild: values.rebuild ?? false,
  };
}

function portOf(text: string | undefined): number {
  return text === undefined ? 8765 : parseWhole(text, "--port", { atLeast: 0 });
}

function kindsOf(values: BuildValues): readonly Kind[] | undefined {
  if (values["speaker-only"] && values.kinds !== undefined) {
    throw new UsageError("--speaker-only and --kinds say the same; give one of them");
  }
  if (values["speaker-only"]) return ["speaker"];
  return values.kinds === undefined ? undefined : parseSeveralOf([values.kinds], "--kinds", kinds);
}

function listOf(text: string): readonly string[] {
  return text.split(",").map((name) => name.trim());
}
