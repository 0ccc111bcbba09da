import type { Kind } from "./kinds.ts";
import {
  type CompletedCommand,
  type CompletedWord,
  type CompletionModel,
  firstWords,
  optionsWithValue,
  secondWords,
} from "./model.ts";

/** A script for PowerShell 5.1 and newer, with what each word is about. */
export function powershellCompletion(model: CompletionModel): string {
  const groups = model.groups.map(
    (group) => `        ${quoted(group)} = ${wordTable(secondWords(model, group))}`,
  );
  const options = model.commands.map(
    (command) => `        ${quoted(command.name)} = ${wordTable(optionWords(command))}`,
  );
  return `# Completion of clx for PowerShell. Load it now: clx completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName clx -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $first = ${wordTable(firstWords(model))}
    $second = @{
${groups.join("\n")}
    }
    $options = @{
${options.join("\n")}
    }
    # What can follow: 'choices …', 'ids LIST', or nothing that is known, which gives files.
    $kinds = @{
${model.commands.flatMap(kindLines).join("\n")}
    }
    $takesValue = @(${optionsWithValue(model).map(quoted).join(", ")})

    $before = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text })
    $command = ''
    $previous = ''
    $database = @()
    for ($at = 1; $at -lt $before.Count; $at++) {
        $word = $before[$at]
        if ($word -eq '--') { return }
        if ($takesValue -contains $word) {
            if ($at + 1 -ge $before.Count) { $previous = $word; break }
            if ($word -eq '--db-path') { $database = @($word, $before[$at + 1].Trim('''').Trim('"')) }
            $at++
        } elseif (-not $word.StartsWith('-')) {
            if ($command -eq '' -or $command -eq 'help') { $command = $word }
            elseif ($second.ContainsKey($command)) { $command = $command + ' ' + $word }
        }
    }
    if ($command -eq 'help') { $command = '' }

    $typed = [string]$wordToComplete
    $start = ''
    if ($typed -match '^(--[a-z-]+)=(.*)$') {
        $previous = $Matches[1]
        $start = $previous + '='
        $typed = $Matches[2]
    }

    $found = [ordered]@{}
    $kind = $kinds[$command]
    if ($previous -ne '') {
        $kind = $kinds[$command + ' ' + $previous]
    } elseif ($typed.StartsWith('-')) {
        if ($options.ContainsKey($command)) { $found = $options[$command] }
        $kind = ''
    } elseif ($command -eq '') {
        $found = $first
    } elseif ($second.ContainsKey($command)) {
        $found = $second[$command]
    }
    if ($kind -like 'choices *') {
        foreach ($choice in $kind.Substring(8).Split(' ')) { $found[$choice] = $choice }
    } elseif ($kind -like 'ids *') {
        & $before[0] completion --ids $kind.Substring(4) @database '--' $typed 2>$null |
            ForEach-Object {
                $id, $about = $_.Split([char]9, 2)
                $found[$id] = $about
            }
    }
    foreach ($text in $found.Keys) {
        if (-not $text.StartsWith($typed)) { continue }
        $about = if ($found[$text]) { $found[$text] } else { $text }
        [System.Management.Automation.CompletionResult]::new($start + $text, $text, 'ParameterValue', $about)
    }
}`;
}

function wordTable(words: readonly CompletedWord[]): string {
  const entries = words.map(({ word, about }) => `${quoted(word)} = ${quoted(about)}`);
  return `[ordered]@{ ${entries.join("; ")} }`;
}

function optionWords({ options }: CompletedCommand): CompletedWord[] {
  return options.map(({ name, help }) => ({ word: `--${name}`, about: help }));
}

function kindLines({ name, options, words }: CompletedCommand): string[] {
  const known = options.flatMap(({ name: option, value }) =>
    value === undefined ? [] : kindLine(`${name} --${option}`, value),
  );
  return words === undefined ? known : [...known, ...kindLine(name, words)];
}

function kindLine(place: string, kind: Kind): string[] {
  if (kind.kind === "choices") {
    return [`        ${quoted(place)} = ${quoted(`choices ${kind.choices.join(" ")}`)}`];
  }
  return kind.kind === "ids" ? [`        ${quoted(place)} = ${quoted(`ids ${kind.list}`)}`] : [];
}

/** PowerShell takes the typographic quotes for plain ones. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['‘’‚‛]/g, "$&$&")}'`;
}
