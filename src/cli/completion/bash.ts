import type { Kind } from "./kinds.ts";
import {
  type CompletedCommand,
  type CompletionModel,
  firstWords,
  optionsWithValue,
  secondWords,
} from "./model.ts";

/** A script for bash 3.2 and newer, which needs nothing else. */
export function bashCompletion(model: CompletionModel): string {
  return `# Completion of clx for bash. Load it now: source <(clx completion bash)

_clx_words() {
  case "$1" in
    "") echo "${firstWords(model)
      .map(({ word }) => word)
      .join(" ")}" ;;
${model.groups.map((group) => `    ${group}) echo "${seconds(model, group)}" ;;`).join("\n")}
  esac
}

_clx_options() {
  case "$1" in
${model.commands.map((command) => `    "${command.name}") echo "${optionNames(command)}" ;;`).join("\n")}
  esac
}

# What can follow: "choices …", "ids LIST", "files", or nothing that is known.
_clx_kind() {
  case "$1" in
${model.commands.flatMap(kindLines).join("\n")}
  esac
}

_clx() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local command="" at word kind="" database=()
  if [[ $current == "=" ]]; then
    current=""
  elif [[ $previous == "=" ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    case "$word" in
      --)
        if ((COMP_CWORD == at + 1)); then
          COMPREPLY=($(compgen -c -- "$current"))
        else
          _clx_files "$current"
        fi
        return ;;
      ${optionsWithValue(model).join("|")})
        [[ \${COMP_WORDS[at+1]} == "=" ]] && ((at++))
        [[ $word == "--db-path" ]] && database=(--db-path "\${COMP_WORDS[at+1]}")
        ((at++)) ;;
      -*) ;;
      *)
        if [[ -z $command || $command == help ]]; then
          command=$word
        elif [[ " ${model.groups.join(" ")} " == *" $command "* ]]; then
          command="$command $word"
        fi ;;
    esac
  done
  COMPREPLY=()
  if [[ $previous == --* ]]; then
    kind=$(_clx_kind "$command $previous")
  fi
  if [[ -z $kind ]]; then
    if [[ $current == -* ]]; then
      COMPREPLY=($(compgen -W "$(_clx_options "$command")" -- "$current"))
      return
    fi
    local words
    words=$(_clx_words "\${command#help}")
    if [[ -n $words ]]; then
      COMPREPLY=($(compgen -W "$words" -- "$current"))
      return
    fi
    kind=$(_clx_kind "$command")
  fi
  case "$kind" in
    choices*) COMPREPLY=($(compgen -W "\${kind#choices }" -- "$current")) ;;
    ids*)
      local ids
      ids=$("\${COMP_WORDS[0]}" completion --ids "\${kind#ids }" "\${database[@]}" -- "$current" 2>/dev/null | cut -f 1)
      COMPREPLY=($(compgen -W "$ids" -- "$current")) ;;
    files) _clx_files "$current" ;;
  esac
}

_clx_files() {
  type compopt &>/dev/null && compopt -o filenames
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$1"))
}

complete -F _clx clx`;
}

function seconds(model: CompletionModel, group: string): string {
  return secondWords(model, group)
    .map(({ word }) => word)
    .join(" ");
}

function optionNames({ options }: CompletedCommand): string {
  return options.map(({ name }) => `--${name}`).join(" ");
}

function kindLines({ name, options, words }: CompletedCommand): string[] {
  const known = options.flatMap(({ name: option, value }) =>
    value === undefined ? [] : [`    "${name} --${option}") echo "${kindText(value)}" ;;`],
  );
  return words === undefined ? known : [...known, `    "${name}") echo "${kindText(words)}" ;;`];
}

function kindText(kind: Kind): string {
  if (kind.kind === "choices") return `choices ${kind.choices.join(" ")}`;
  return kind.kind === "ids" ? `ids ${kind.list}` : kind.kind;
}
