import { defineCommand } from "../command.ts";
import { type Shell, shells } from "../completion/kinds.ts";
import { listIds, listNames } from "../completion/list-ids.ts";
import type { CompletionModel } from "../completion/model.ts";
import { parseOneOf } from "../input/one-of.ts";
import { UsageError } from "../usage-error.ts";

export const completion = defineCommand({
  name: "completion",
  usage: "completion bash|zsh|fish|powershell",
  summary: "print a script that completes commands, options and ids in your shell",
  examples: [
    { wish: "bash: add this line to ~/.bashrc", line: "source <(clx completion bash)" },
    {
      wish: "zsh: add this line to ~/.zshrc, after compinit",
      line: "source <(clx completion zsh)",
    },
    {
      wish: "fish: once, and again after an update",
      line: "clx completion fish > ~/.config/fish/completions/clx.fish",
    },
  ],
  details: `In PowerShell add this line to the file that $PROFILE names:
  clx completion powershell | Out-String | Invoke-Expression

The scripts for bash, zsh and fish are tried in these shells by our tests. The one for PowerShell is
checked as text alone: that it is whole, well quoted, and knows every command, option and list of ids.`,
  options: {
    ids: { type: "string", value: "LIST", help: `print ids instead: ${listNames.join(", ")}` },
  },
  words: { atLeast: 0, atMost: 1 },
  takesRest: true,
  bearsWrongConfig: true,
  async run({ terminal, openStore, allCommands }, { values, words: [shell], rest = [] }) {
    if (values.ids !== undefined) {
      const list = parseOneOf(values.ids, "--ids", listNames);
      const store = await openStore("read");
      const [prefix = ""] = rest;
      for (const line of await listIds({ store, list, prefix })) terminal.print(line);
      return 0;
    }
    if (shell === undefined) throw new UsageError(`name your shell: ${shells.join(", ")}`);
    const { completionModel } = await import("../completion/model.ts");
    const script = await scriptFor(parseOneOf(shell, "the shell", shells));
    terminal.print(script(completionModel(await allCommands())));
    return 0;
  },
});

async function scriptFor(shell: Shell): Promise<(model: CompletionModel) => string> {
  if (shell === "bash") return (await import("../completion/bash.ts")).bashCompletion;
  if (shell === "zsh") return (await import("../completion/zsh.ts")).zshCompletion;
  if (shell === "powershell") {
    return (await import("../completion/powershell.ts")).powershellCompletion;
  }
  return (await import("../completion/fish.ts")).fishCompletion;
}
