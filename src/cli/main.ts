import { readTerminalWishes } from "../config/terminal-wishes.ts";
import type { commonOptions } from "./command.ts";
import { findCommand } from "./find-command.ts";
import { parseOptions } from "./parse-options.ts";
import { reportError } from "./report-error.ts";
import { runCommand } from "./run-command.ts";
import { Terminal } from "./terminal.ts";
import { withOwnTypes } from "./with-own-types.ts";

/** Runs `clx ARGV…` in this process and sets its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = new Terminal({
    stdout: process.stdout,
    stderr: process.stderr,
    wishes: withFlag(readTerminalWishes(), argv),
    json: asksForJson(argv),
  });
  try {
    process.exitCode = await answer(argv, terminal);
  } catch (error) {
    process.exitCode = reportError(error, terminal, argv.includes("--verbose"));
  }
}

async function answer(argv: readonly string[], terminal: Terminal): Promise<number> {
  const found = await findCommand(argv);
  if (found.kind === "version") return await printVersion(terminal);
  if (found.kind === "help") {
    const { overview, shortHelp } = await import("./help.ts");
    terminal.print(argv.length === 0 ? await shortHelp() : await overview(found.group));
    return found.exitCode;
  }
  const command = await withOwnTypes(found.command, found.args);
  const { common, given } = parseOptions(command, found.args);
  if (common.help) {
    const { commandHelp } = await import("./help.ts");
    terminal.print(commandHelp(command));
    return 0;
  }
  return await runCommand({ command, common, given, terminal });
}

async function printVersion(terminal: Terminal): Promise<number> {
  const { version } = await import("./version.ts");
  if (terminal.json) terminal.printJson({ version: version() });
  else terminal.print(version());
  return 0;
}

/** Known before the options are parsed, so that a wrong option is reported in the right form. */
function asksForJson(argv: readonly string[]): boolean {
  const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  return own.some(
    (arg, at) =>
      arg === "--json" ||
      (/^--(?:format|output-mode)(?:=json)?$/.test(arg) &&
        (arg.endsWith("=json") || own[at + 1] === "json")),
  );
}

function withFlag(wishes: ReturnType<typeof readTerminalWishes>, argv: readonly string[]) {
  const flag: keyof typeof commonOptions = "no-color";
  const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  return own.includes(`--${flag}`) ? { ...wishes, noColor: true } : wishes;
}
