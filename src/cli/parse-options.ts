import { parseArgs } from "node:util";
import { nearestName } from "../domain/nearest-name.ts";
import { type Command, commonOptions, type Given, type OptionSpecs } from "./command.ts";
import { UsageError } from "./usage-error.ts";

type CommonValues = Given<typeof commonOptions>["values"];

export interface Parsed {
  readonly common: CommonValues;
  readonly given: Given<OptionSpecs>;
}

/** Reads the options and words of one command; what is unknown, missing or too much is a UsageError. */
export function parseOptions(command: Command, args: readonly string[]): Parsed {
  const options: OptionSpecs = { ...command.options, ...commonOptions };
  const { own, rest } = splitAtDashes(args);
  const { values, positionals, tokens } = parseArgs({
    args: [...own],
    options: withHelpShort(options),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  for (const token of tokens) if (token.kind === "option") checkOption(token, options, command);
  if (values.help !== true) checkWords(command, positionals, rest);
  const parsed = values as unknown as Given<OptionSpecs>["values"];
  return {
    common: parsed as CommonValues,
    given: { values: parsed, words: positionals, rest },
  };
}

export function splitAtDashes(args: readonly string[]) {
  const at = args.indexOf("--");
  return at < 0
    ? { own: args, rest: undefined }
    : { own: args.slice(0, at), rest: args.slice(at + 1) };
}

function withHelpShort(options: OptionSpecs) {
  const specs = Object.entries(options).map(([name, { type, multiple = false }]) => [
    name,
    { type, multiple, ...(name === "help" && { short: "h" }) },
  ]);
  return Object.fromEntries(specs) as Record<
    string,
    { type: "string" | "boolean"; multiple: boolean }
  >;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkOption(token: OptionToken, options: OptionSpecs, command: Command): void {
  const spec = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
  if (!spec) throw unknownOption(token.rawName, token.name, { options, command });
  if (spec.type === "boolean") {
    if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
    return;
  }
  const missing = token.value === undefined || (!token.inlineValue && token.value.startsWith("--"));
  if (missing) throw new UsageError(`${token.rawName} needs a value: ${spec.value ?? "VALUE"}`);
}

function unknownOption(
  rawName: string,
  name: string,
  { options, command }: { options: OptionSpecs; command: Command },
): UsageError {
  const meant = nearestName(name, Object.keys(options));
  const hint = meant ? `did you mean --${meant}?` : `"clx ${command.name} --help" lists them`;
  return new UsageError(`"clx ${command.name}" has no option ${rawName}; ${hint}`);
}

function checkWords(
  command: Command,
  words: readonly string[],
  rest: readonly string[] | undefined,
): void {
  const { atLeast, atMost } = command.words ?? { atLeast: 0, atMost: 0 };
  const usage = `usage: clx ${command.usage}`;
  if (words.length < atLeast) throw new UsageError(`something is missing; ${usage}`);
  if (words.length > atMost) {
    throw new UsageError(`"${words[atMost]}" is one word too many; ${usage}`);
  }
  if (rest && !command.takesRest) throw new UsageError(`nothing can follow "--" here; ${usage}`);
}
