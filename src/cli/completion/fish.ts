import type { Kind } from "./kinds.ts";
import {
  type CompletedCommand,
  type CompletionModel,
  firstWords,
  optionsWithValue,
  secondWords,
} from "./model.ts";

/** A script for fish, with what each word is about. */
export function fishCompletion(model: CompletionModel): string {
  return [
    header(model),
    ...firstWords(model).map(({ word, about }) => wordLine("", word, about)),
    ...model.groups.flatMap((group) =>
      secondWords(model, group).map(({ word, about }) => wordLine(group, word, about)),
    ),
    ...model.commands.flatMap(commandLines),
  ].join("\n");
}

function header(model: CompletionModel): string {
  return `# Completion of clx for fish. Load it now: clx completion fish | source

function __clx_command
    set -l command
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case --
                echo rest
                return
            case ${optionsWithValue(model).join(" ")}
                set skip 1
            case '-*'
            case '*'
                if test -z "$command" -o "$command" = help
                    set command $word
                else if contains -- "$command" ${model.groups.join(" ")}
                    set command "$command $word"
                end
        end
    end
    string replace -r '^help$' '' -- "$command"
end

function __clx_at
    test "$(__clx_command)" = "$argv[1]"
end

function __clx_ids
    set -l words (commandline -opc) (commandline -ct)
    set -l database
    set -l at (contains -i -- --db-path $words)
    and set database --db-path $words[(math $at + 1)]
    $words[1] completion --ids $argv[1] $database -- (commandline -ct) 2>/dev/null
end

complete -c clx -f
complete -c clx -n '__clx_at rest' -F
complete -c clx -n '__clx_at rest' -a '(__fish_complete_command)'`;
}

function wordLine(command: string, word: string, about: string): string {
  return `complete -c clx -n '__clx_at "${command}"' -a ${word} -d ${quoted(about)}`;
}

function commandLines({ name, options, words }: CompletedCommand): string[] {
  const at = `complete -c clx -n '__clx_at "${name}"'`;
  return [
    ...options.map(
      ({ name: option, help, value }) =>
        `${at} -l ${option}${value ? ` -r${valueArgument(value)}` : ""} -d ${quoted(help)}`,
    ),
    ...(words === undefined ? [] : [`${at}${valueArgument(words)}`]),
  ];
}

function valueArgument(kind: Kind): string {
  if (kind.kind === "files") return " -F";
  if (kind.kind === "choices") return ` -f -a ${quoted(kind.choices.join(" "))}`;
  return kind.kind === "ids" ? ` -f -a '(__clx_ids ${kind.list})'` : " -f";
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
