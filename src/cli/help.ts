import { type Command, commonOptions, type OptionSpecs, toldOptions } from "./command.ts";
import { commands, commandsOf } from "./commands.ts";

const purpose = [
  "clx runs heavy tools as managed workers, from a durable queue of tasks.",
  "",
  "  clx submit command --wait -- convert in.png out.jpg     hand in a task, wait for its end",
  "  clx supervise --type command --count 2                  keep two workers that do such tasks",
  "",
];

/** What most people need first. */
const first = [
  ...["build", "exec", "submit", "tasks list", "tasks show", "start-services", "stop-services"],
  ...["serve", "status", "monitor", "doctor", "config init"],
];

/** `clx` alone: fits on a small screen. */
export async function shortHelp(): Promise<string> {
  const more = `"clx COMMAND --help" tells more, "clx --help" lists all commands.`;
  return [...purpose, ...(await summaries(first)), "", more].join("\n");
}

/** `clx --help`, or the commands of one group. */
export async function overview(group?: string): Promise<string> {
  const head = group ? [`usage: clx ${group} COMMAND [options]`, ""] : purpose;
  const names = group ? commandsOf(group) : Object.keys(commands);
  const more = `"clx ${group ? `${group} ` : ""}COMMAND --help" tells more.`;
  return [...head, ...(await summaries(names)), "", more].join("\n");
}

async function summaries(names: readonly string[]): Promise<string[]> {
  const rows: [string, string][] = [];
  for (const name of names) rows.push([name, (await commands[name]?.())?.summary ?? ""]);
  return listing(rows);
}

export function commandHelp(command: Command): string {
  const own = Object.keys(command.options).length > 0;
  return [
    `usage: clx ${command.usage}`,
    "",
    `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`,
    ...exampleLines(command),
    ...(command.details ? ["", command.details.replace(/^\n/, "")] : []),
    ...(own ? ["", "Options", ...listing(optionRows(command.options))] : []),
    "",
    "Everywhere",
    ...listing(optionRows(commonOptions)),
  ].join("\n");
}

function exampleLines({ examples = [] }: Command): string[] {
  if (examples.length === 0) return [];
  const lines = examples.map(({ wish, line }) => [`  # ${wish}`, `  ${line}`].join("\n"));
  return ["", examples.length === 1 ? "Example" : "Examples", ...lines];
}

function optionRows(options: OptionSpecs): [string, string][] {
  return toldOptions(options).map(([name, { value, help, type }]) => [
    `--${name}${type === "string" ? ` ${value ?? "VALUE"}` : ""}${name === "help" ? ", -h" : ""}`,
    help,
  ]);
}

function listing(rows: readonly [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
