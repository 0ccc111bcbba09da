import { type Command, commonOptions, type OptionSpecs, toldOptions } from "../command.ts";
import { type Kind, kindOfOption, kindsOfWords } from "./kinds.ts";

/** All that a shell has to know of the command line. */
export interface CompletionModel {
  readonly commands: readonly CompletedCommand[];
  /** First words of commands of two, such as "tasks". */
  readonly groups: readonly string[];
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly words?: Kind;
}

export interface CompletedOption {
  readonly name: string;
  readonly help: string;
  /** What its value can be; absent for one that takes none. */
  readonly value?: Kind;
}

export function completionModel(commands: readonly Command[]): CompletionModel {
  const models = commands.map(({ name, summary, options }): CompletedCommand => {
    const words = kindsOfWords[name];
    return {
      ...{ name, summary },
      options: optionsOf(name, { ...options, ...commonOptions }),
      ...(words !== undefined && { words }),
    };
  });
  const groups = models.flatMap(({ name }) => (name.includes(" ") ? name.split(" ", 1) : []));
  return { commands: models, groups: [...new Set(groups)] };
}

function optionsOf(command: string, specs: OptionSpecs): CompletedOption[] {
  return toldOptions(specs).map(([name, spec]) => ({
    name,
    help: spec.help,
    ...(spec.type === "string" && { value: kindOfOption(command, name, spec) }),
  }));
}

/** First words, with what they are about. */
export function firstWords({ commands: all, groups }: CompletionModel): CompletedWord[] {
  const whole = all.filter(({ name }) => !name.includes(" "));
  const ofGroups = groups.map((name) => {
    const seconds = all.filter((command) => command.name.startsWith(`${name} `));
    return { word: name, about: seconds.map((command) => secondOf(command)).join(", ") };
  });
  return [
    ...whole.map(({ name, summary }) => ({ word: name, about: summary })),
    ...ofGroups,
    { word: "help", about: "explain a command" },
  ];
}

export interface CompletedWord {
  readonly word: string;
  readonly about: string;
}

export function secondWords({ commands: all }: CompletionModel, group: string): CompletedWord[] {
  return all
    .filter(({ name }) => name.startsWith(`${group} `))
    .map((command) => ({ word: secondOf(command), about: command.summary }));
}

function secondOf({ name }: CompletedCommand): string {
  return name.slice(name.indexOf(" ") + 1);
}

/** Options that are followed by a value, of any command. */
export function optionsWithValue({ commands: all }: CompletionModel): string[] {
  const names = all.flatMap(({ options }) => options.filter(({ value }) => value !== undefined));
  return [...new Set(names.map(({ name }) => `--${name}`))];
}
