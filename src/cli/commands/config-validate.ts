import { resolve } from "node:path";
import { type Examined, examineConfig, examineFile } from "../../config/load-config.ts";
import { checkPools } from "../../config/pool-settings.ts";
import { describeProblem, type Problem } from "../../config/problem.ts";
import { type CommandContext, defineCommand } from "../command.ts";

export const configValidate = defineCommand({
  name: "config validate",
  usage: "config validate [FILE]",
  summary: "check the configuration, or one file, without running anything",
  examples: [
    { wish: "all files that are in force, and the environment", line: "clx config validate" },
    { wish: "one file alone", line: "clx config validate draft.toml" },
  ],
  details: "Exits with 1 when something is wrong; all of it is told.",
  options: {},
  words: { atLeast: 0, atMost: 1 },
  bearsWrongConfig: true,
  async run(context, { words: [file] }) {
    const { cwd } = context;
    const examined =
      file === undefined ? await examineConfig({ cwd }) : await examineFile(resolve(cwd, file));
    // A pool cannot be judged by values that are wrong.
    const wrong = examined.problems.length > 0;
    const problems = wrong ? examined.problems : checkPools(examined.config);
    tell(context, { ...examined, problems });
    return problems.length === 0 ? 0 : 1;
  },
});

function tell({ terminal }: CommandContext, { config, problems }: Examined): void {
  const files = config.places.filter(({ exists }) => exists).map(({ path }) => path);
  if (terminal.json) {
    terminal.printJson({ valid: problems.length === 0, files, problems: problems.map(asJson) });
    return;
  }
  for (const problem of problems) terminal.print(describeProblem(problem));
  if (problems.length > 0) {
    terminal.note(`${problems.length} ${problems.length === 1 ? "problem" : "problems"}`);
  } else if (files.length === 0) {
    terminal.print("there is no configuration file, and none is needed");
  } else for (const path of files) terminal.print(`${path} is valid`);
}

function asJson({ key, origin, message }: Problem) {
  const place =
    origin.kind === "file"
      ? { file: origin.path, line: origin.line, column: origin.column }
      : { variable: origin.kind === "variable" ? origin.variable : null };
  return { key: key ?? null, ...place, message };
}
