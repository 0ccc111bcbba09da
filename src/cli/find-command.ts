import { nearestName } from "../domain/nearest-name.ts";
import { type Command, commonOptions, type OptionSpecs } from "./command.ts";
import { commands, commandsOf } from "./commands.ts";
import { UsageError } from "./usage-error.ts";

export type Found =
  | { readonly kind: "command"; readonly command: Command; readonly args: readonly string[] }
  | { readonly kind: "help"; readonly group?: string; readonly exitCode: number }
  | { readonly kind: "version" };

/** Finds which command is meant. Options may stand before it: they are moved behind. */
export async function findCommand(argv: readonly string[]): Promise<Found> {
  const start = argv.findIndex((arg, at) => !isLeadingOption(argv, arg, at));
  const leading = start < 0 ? argv : argv.slice(0, start);
  const [first, second, ...others] = start < 0 ? [] : argv.slice(start);
  if (leading.includes("--version") || leading.includes("-V")) return { kind: "version" };
  if (first === undefined) {
    checkCommon(leading);
    return { kind: "help", exitCode: 0 };
  }
  if (first === "help") return await findCommand([...argv.slice(start + 1), "--help"]);

  const one = commands[first];
  if (one) return found(await one(), [...leading, ...argv.slice(start + 1)]);
  const two = second === undefined ? undefined : commands[`${first} ${second}`];
  if (two) return found(await two(), [...leading, ...others]);
  return groupOrNothing(first, second, leading);
}

function found(command: Command, args: readonly string[]): Found {
  return { kind: "command", command, args };
}

/** Options that no command follows must be such that every command takes. */
function checkCommon(leading: readonly string[]): void {
  const known = [...Object.keys(commonOptions), "version"].map((name) => `--${name}`);
  const wrong = leading.find((arg, at) => {
    const isValue = at > 0 && takesNext(leading[at - 1] ?? "");
    return !isValue && arg !== "-h" && !known.includes(arg.split("=", 1)[0] ?? "");
  });
  if (wrong === undefined) return;
  const meant = nearestName(wrong, known);
  const hint = meant ? `did you mean ${meant}?` : `"clx --help" lists the commands`;
  throw new UsageError(`clx has no option ${wrong}, and no command follows; ${hint}`);
}

function groupOrNothing(
  first: string,
  second: string | undefined,
  leading: readonly string[],
): Found {
  const members = commandsOf(first);
  if (members.length === 0) throw unknownCommand(first);
  if (second === "--help" || second === "-h" || leading.includes("--help")) {
    return { kind: "help", group: first, exitCode: 0 };
  }
  if (second === undefined) return { kind: "help", group: first, exitCode: 2 };
  const meant = nearestName(`${first} ${second}`, members);
  const hint = meant ? `did you mean "clx ${meant}"?` : `there are: ${members.join(", ")}`;
  throw new UsageError(`there is no command "clx ${first} ${second}"; ${hint}`);
}

function unknownCommand(word: string): UsageError {
  const names = new Set(Object.keys(commands).flatMap((name) => name.split(" ").slice(0, 1)));
  const meant = nearestName(word, names);
  const hint = meant ? `did you mean "clx ${meant}"?` : `"clx --help" lists them`;
  return new UsageError(`there is no command "clx ${word}"; ${hint}`);
}

/** An option, or the value of the option before it. */
function isLeadingOption(argv: readonly string[], arg: string, at: number): boolean {
  return (arg.startsWith("-") && arg !== "--") || (at > 0 && takesNext(argv[at - 1] ?? ""));
}

function takesNext(arg: string): boolean {
  const specs: OptionSpecs = commonOptions;
  return arg.startsWith("--") && specs[arg.slice(2)]?.type === "string";
}
