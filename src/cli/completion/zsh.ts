import type { Kind } from "./kinds.ts";
import {
  type CompletedCommand,
  type CompletedWord,
  type CompletionModel,
  firstWords,
  optionsWithValue,
  secondWords,
} from "./model.ts";

/** A script for zsh, with what each word is about. */
export function zshCompletion(model: CompletionModel): string {
  return `#compdef clx
# Completion of clx for zsh. Load it now: source <(clx completion zsh)

_clx_words() {
  local -a words
  case "$1" in
    "") words=(${described(firstWords(model))}) ;;
${model.groups
  .map((group) => `    ${group}) words=(${described(secondWords(model, group))}) ;;`)
  .join("\n")}
    *) return 1 ;;
  esac
  _describe command words
}

_clx_options() {
  local -a options
  case "$1" in
${model.commands.map(optionLine).join("\n")}
  esac
  _describe -o option options
}

# What can follow: "choices …", "ids LIST", "files", or nothing that is known.
_clx_kind() {
  case "$1" in
${model.commands.flatMap(kindLines).join("\n")}
  esac
}

_clx_values() {
  local -a found database
  database=("\${@:2}")
  case "$1" in
    choices*) found=(\${=1#choices }); compadd -a found ;;
    ids*)
      local -a ids
      ids=("\${(@f)$(\${words[1]} completion --ids \${1#ids } $database -- "$PREFIX" 2>/dev/null)}")
      found=(\${ids//$'\\t'/:})
      [[ -n "$ids" ]] && _describe id found ;;
    files) _files ;;
    *) return 1 ;;
  esac
}

_clx() {
  local command="" word kind="" current=$words[CURRENT] previous=$words[CURRENT-1]
  local -a database
  integer at
  for ((at = 2; at < CURRENT; at++)); do
    word=$words[at]
    case "$word" in
      --)
        if ((CURRENT == at + 1)); then _command_names -e; else _files; fi
        return ;;
      ${optionsWithValue(model).join("|")})
        [[ $word == "--db-path" ]] && database=(--db-path "$words[at+1]")
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
  if [[ $current == --*=* ]] && compset -P '*='; then
    kind=$(_clx_kind "$command \${current%%=*}")
  elif [[ $previous == --* ]]; then
    kind=$(_clx_kind "$command $previous")
  fi
  if [[ -z $kind ]]; then
    if [[ $current == -* ]]; then
      _clx_options "$command"
      return
    fi
    _clx_words "\${command#help}" && return
    kind=$(_clx_kind "$command")
  fi
  _clx_values "$kind" $database
}

if [[ $funcstack[1] == _clx ]]; then
  _clx "$@"
elif (( $+functions[compdef] )); then
  compdef _clx clx
fi`;
}

function described(words: readonly CompletedWord[]): string {
  return words.map(({ word, about }) => quoted(`${word}:${about}`)).join(" ");
}

function optionLine({ name, options }: CompletedCommand): string {
  const words = options.map((option) => ({ word: `--${option.name}`, about: option.help }));
  return `    "${name}") options=(${described(words)}) ;;`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
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
