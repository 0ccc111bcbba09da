import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { allCommands } from "../../src/cli/commands.ts";
import { kindsOfWords } from "../../src/cli/completion/kinds.ts";
import { completionModel } from "../../src/cli/completion/model.ts";
import { powershellCompletion } from "../../src/cli/completion/powershell.ts";
import { ClxSite } from "../support/clx.ts";
import { Tmux } from "../support/tmux.ts";

const entry = fileURLToPath(new URL("../support/clx-from-source.ts", import.meta.url));

/** A site whose shells find `clx` on their path, and its completion in a file. */
async function begin(shell: "bash" | "zsh" | "fish") {
  const site = new ClxSite();
  const bin = join(site.folder, "bin");
  mkdirSync(bin);
  const clx = join(bin, "clx");
  writeFileSync(clx, `#!/bin/sh\nexec "${process.execPath}" "${entry}" "$@"\n`);
  chmodSync(clx, 0o755);
  writeFileSync(join(site.folder, "completion"), await site.ok("completion", shell));
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: site.folder };
  return { site, env };
}

function hasProgram(name: string): boolean {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("in bash", () => {
  /** What bash would offer; the last word is the one that is being typed. */
  async function offers({ site, env }: Awaited<ReturnType<typeof begin>>, ...words: string[]) {
    const script = [
      "source ./completion",
      'COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))',
      "_clx",
      `printf "%s\\n" "\${COMPREPLY[@]}"`,
    ].join("\n");
    const output = execFileSync("bash", ["--norc", "-c", script, "bash", "clx", ...words], {
      ...{ cwd: site.folder, env, encoding: "utf8" },
    });
    return output.split("\n").filter(Boolean);
  }

  it("offers commands, their second words, options and values", async () => {
    const shell = await begin("bash");

    expect(await offers(shell, "sub")).toEqual(["submit"]);
    expect(await offers(shell, "tasks", "")).toContain("cancel");
    expect(await offers(shell, "help", "tasks", "sh")).toEqual(["show"]);
    expect(await offers(shell, "tasks", "list", "--st")).toEqual(["--status"]);
    expect(await offers(shell, "tasks", "list", "--status", "fa")).toEqual(["failed"]);
    expect(await offers(shell, "tasks", "list", "--status", "=", "fa")).toEqual(["failed"]);
    expect(await offers(shell, "--format", "json", "tasks", "wai")).toEqual(["wait"]);
    expect(await offers(shell, "config", "validate", "compl")).toEqual(["completion"]);
    expect(await offers(shell, "submit", "command", "--", "ech")).toContain("echo");
  });

  it("offers the ids that fit the command, also of a database that is named", async () => {
    const shell = await begin("bash");
    const { site } = shell;
    const open = await site.ok("submit", "command", "--", "true");
    const cancelled = await site.ok("submit", "command", "--", "true");
    await site.ok("tasks", "cancel", cancelled);
    const other = await site.ok("--db-path", "other.db", "submit", "command", "--", "true");

    expect(await offers(shell, "tasks", "cancel", "")).toEqual([open]);
    expect(await offers(shell, "tasks", "retry", "")).toEqual([cancelled]);
    expect(await offers(shell, "tasks", "show", open.slice(0, -1))).toEqual([open]);
    expect(await offers(shell, "--db-path", "other.db", "tasks", "show", "")).toEqual([other]);
  });

  it("offers nothing, and says nothing, when there is no database", async () => {
    expect(await offers(await begin("bash"), "tasks", "show", "")).toEqual([]);
  });

  it("completes on the tab key", async () => {
    const { site, env } = await begin("bash");
    const id = await site.ok("submit", "command", "--", "true");
    const tmux = await Tmux.start({ folder: site.folder, env });
    await tmux.type("source ./completion");
    await tmux.press("Enter");

    await tmux.type("clx tasks sho");
    await tmux.press("Tab");
    await tmux.shows(/\$ clx tasks show$/m);
    await tmux.press("Tab");

    await tmux.shows(new RegExp(`clx tasks show ${id}`));
  });
});

describe.skipIf(!hasProgram("zsh"))("in zsh", () => {
  it("completes on the tab key, and says what each word is about", async () => {
    const { site, env } = await begin("zsh");
    const id = await site.ok("submit", "command", "--", "true");
    const size = { columns: 120, rows: 40 };
    const tmux = await Tmux.start({ folder: site.folder, env, size, shell: "zsh" });
    await tmux.type("autoload -Uz compinit && compinit -u && source ./completion && echo ready");
    await tmux.press("Enter");
    await tmux.shows(/^ready/m);

    await tmux.type("clx tasks ");
    await tmux.press("Tab");
    await tmux.shows(/cancel +-- stop tasks for good/);
    await tmux.type("list --status=fai");
    await tmux.press("Tab");
    await tmux.shows(/--status=failed/);
    await tmux.press("C-u");
    await tmux.type("clx tasks cancel ");
    await tmux.press("Tab");

    await tmux.shows(new RegExp(`clx tasks cancel ${id}`));
  });
});

describe.skipIf(!hasProgram("fish"))("in fish", () => {
  it("offers commands, options, values and ids, and says what they are about", async () => {
    const { site, env } = await begin("fish");
    const id = await site.ok("submit", "command", "--", "true");
    const offers = (line: string) =>
      execFileSync("fish", ["-N", "-c", "source completion; complete -C $argv[1]", line], {
        ...{ cwd: site.folder, env, encoding: "utf8" },
      }).trim();

    expect(offers("clx tasks canc")).toContain("cancel\tstop tasks for good");
    expect(offers("clx tasks list --stat")).toContain("--status\tonly tasks in this state");
    expect(offers("clx tasks list --status fai")).toContain("failed");
    expect(offers("clx tasks cancel ")).toBe(`${id}\tpending true`);
    expect(offers("clx submit command -- ech")).toContain("echo");
  });
});

describe("in PowerShell, which is not run here, the script", () => {
  it("names every command with its options, and asks for the same ids as the others", async () => {
    const model = completionModel(await allCommands());

    const script = powershellCompletion(model);

    for (const { name, options } of model.commands) {
      const line = script
        .split("\n")
        .find((one) => one.startsWith(`        '${name}' = [ordered]`));
      for (const option of options) expect(line).toContain(`'--${option.name}' = `);
    }
    for (const group of model.groups) expect(script).toContain(`        '${group}' = [ordered]@{`);
    expect(script).toContain("'tasks cancel' = 'ids open-tasks'");
    expect(script).toContain("'tasks list --status' = 'choices blocked pending running");
    expect(script).toContain("& $before[0] completion --ids ");
    expect(openParts(script)).toEqual([]);
  });

  it("takes words with quotes and dollars for nothing but words", () => {
    const hostile = "it's ‘so’ $(Remove-Item x) \"`";
    const command = { name: "a b", summary: hostile, options: [{ name: "o", help: hostile }] };

    const script = powershellCompletion({ commands: [command], groups: ["a"] });

    expect(script).toContain("'it''s ‘‘so’’ $(Remove-Item x) \"`'");
    expect(openParts(script)).toEqual([]);
  });

  /** Brackets and quotes that are opened and not closed, as PowerShell counts them. */
  function openParts(script: string): string[] {
    const open: string[] = [];
    const bare = script.replaceAll(/^\s*#.*$/gm, "").replaceAll(/'(?:[^'‘’‚‛]|['‘’‚‛]{2})*'/g, "");
    for (const sign of bare.replaceAll(/[^'"‘’‚‛(){}[\]]/g, "")) {
      const partner = { ")": "(", "}": "{", "]": "[" }[sign];
      if (partner === undefined) open.push(sign);
      else if (open.pop() !== partner) open.push(sign);
    }
    return open;
  }
});

it("knows a kind of word only for commands that are there", async () => {
  const names = (await allCommands()).map(({ name }) => name);

  expect(Object.keys(kindsOfWords).filter((name) => !names.includes(name))).toEqual([]);
});

it("refuses a shell that it does not know, and says which there are", async () => {
  const site = new ClxSite();

  const { code, stderr } = await site.run(["completion", "zhs"]);

  expect(code).toBe(2);
  expect(stderr).toContain('the shell is "zhs"; did you mean zsh?');
});
