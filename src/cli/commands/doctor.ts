import { examineConfig } from "../../config/load-config.ts";
import { workFolders } from "../../config/work-folders.ts";
import { resolveWorkerPolicy } from "../../config/worker-policy.ts";
import type { Check } from "../../diagnosis/check.ts";
import { shippedTypes } from "../../library/handler-of.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { wrap } from "../present/wrap.ts";
import { servicesPlace } from "../services/services-setup.ts";
import { lookPatienceMs } from "../status/look-at-store.ts";
import type { Colour, Terminal } from "../terminal.ts";

export const doctor = defineCommand({
  name: "doctor",
  usage: "doctor [SPEC] [--thorough]",
  summary: "look at everything that clx needs, and say how to mend what is wrong",
  examples: [
    { wish: "find out what is wrong", line: "clx doctor" },
    { wish: "whether the notebooks of a course can be run", line: "clx doctor course.yaml" },
    {
      wish: "only what is wrong",
      line: "clx doctor --json | jq '.checks[] | select(.level != \"ok\")'",
    },
  ],
  details: `It looks at Node, the clock and file watching; the configuration; the database (rights, locks
and who holds them, damage); workers, services and what the dead have left; memory and disk; and
the tools that the configured worker types need, the configured agents, and the Jupyter kernels for
the notebooks of the course: SPEC, or the course.yaml of this folder. It changes nothing.

Exit code
  0  all is well
  1  there are warnings: it works, but not as it should
  2  there are problems: something cannot work`,
  options: {
    thorough: {
      type: "boolean",
      help: "look for damage in a database of more than 1 GiB too, which takes a while",
    },
  },
  bearsWrongConfig: true,
  words: { atLeast: 0, atMost: 1 },
  async run(context, { values, words: [spec] }) {
    const { terminal, config, cwd, database, clock } = context;
    if (values.thorough) terminal.hint("reading all of the database…");
    const { logFolder } = resolveWorkerPolicy(config);
    const { diagnose } = await import("../../diagnosis/diagnose.ts");
    const { checkKernels } = await import("../doctor/check-kernels.ts");
    const ofKernels = checkKernels({ cwd, spec, env: process.env });
    const ofEngine = await diagnose({
      ...{ config, database, now: clock(), thorough: values.thorough ?? false },
      problems: (await examineConfig({ cwd })).problems,
      statePath: servicesPlace(cwd).statePath,
      logFolder: workFolders(database.path, logFolder).logFolder,
      shipped: shippedTypes(),
      env: process.env,
      openStore: async () => {
        const { openSqliteStore } = await import("../../store/sqlite/open-sqlite-store.ts");
        const busyTimeoutMs = lookPatienceMs;
        return await openSqliteStore({ path: database.path, readOnly: true, busyTimeoutMs });
      },
    });
    const { checkAgents } = await import("../doctor/check-agents.ts");
    const ofAgents = checkAgents({ config, env: process.env });
    const checks = [...ofEngine, ...(await ofKernels), ...ofAgents];
    if (terminal.json) printJson(context, checks);
    else printChecks(terminal, checks);
    return exitCodeOf(checks);
  },
});

function exitCodeOf(checks: readonly Check[]): number {
  if (count(checks, "problem") > 0) return 2;
  return count(checks, "warning") > 0 ? 1 : 0;
}

function count(checks: readonly Check[], wanted: Check["level"]): number {
  return checks.filter(({ level }) => level === wanted).length;
}

function printJson({ terminal }: CommandContext, checks: readonly Check[]): void {
  terminal.printJson({
    problems: count(checks, "problem"),
    warnings: count(checks, "warning"),
    checks: checks.map(({ area, name, level, message, fix }) => ({
      ...{ area, name, level, message },
      fix: fix ?? null,
    })),
  });
}

const marks: Record<Check["level"], { readonly mark: string; readonly colour: Colour }> = {
  ok: { mark: "ok     ", colour: "green" },
  warning: { mark: "warning", colour: "yellow" },
  problem: { mark: "problem", colour: "red" },
};

function printChecks(terminal: Terminal, checks: readonly Check[]): void {
  let area = "";
  for (const check of checks) {
    if (check.area !== area) terminal.print(terminal.paint(check.area, "bold"));
    area = check.area;
    printCheck(terminal, check);
  }
  terminal.print("");
  terminal.print(sumWords(checks));
}

const indent = " ".repeat(10);

function printCheck(terminal: Terminal, { level, message, fix }: Check): void {
  const { mark, colour } = marks[level];
  const width = terminal.columns;
  const [start = "", ...others] = wrap(message, { width, first: `  ${mark} `, rest: indent });
  terminal.print(`  ${terminal.paint(mark, colour)}${start.slice(2 + mark.length)}`);
  const fixLines =
    fix === undefined ? [] : wrap(fix, { width, first: `${indent}→ `, rest: `${indent}  ` });
  for (const line of [...others, ...fixLines]) terminal.print(line);
}

function sumWords(checks: readonly Check[]): string {
  const problems = count(checks, "problem");
  const warnings = count(checks, "warning");
  if (problems + warnings === 0) return "All is well.";
  const words = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
  return [
    problems > 0 ? words(problems, "problem") : "",
    warnings > 0 ? words(warnings, "warning") : "",
  ]
    .filter(Boolean)
    .join(", ");
}
