import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { widthOf } from "../../src/cli/present/width.ts";
import { ClxSite } from "../support/clx.ts";
import { PlayedWorker } from "../support/played-worker.ts";

const entry = fileURLToPath(new URL("../support/clx-from-source.ts", import.meta.url));

interface Terminal {
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
}

/** What a shell line prints on a real terminal; `clx` stands for our program. */
function onTerminal(site: ClxSite, line: string, { env, columns = 100 }: Terminal = {}): string {
  const whole = `stty cols ${columns} rows 30; clx() { "${process.execPath}" "${entry}" "$@"; }; ${line}`;
  const { PATH = "", HOME = "/" } = process.env;
  return execFileSync("script", ["-qec", whole, "/dev/null"], {
    cwd: site.folder,
    env: { PATH, HOME, TERM: "xterm", LANG: "C.UTF-8", SHELL: "/bin/bash", ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).replaceAll("\r\n", "\n");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: codes for colours begin with one
const colour = /\u001b\[\d+m/;

it.each([
  { flags: "", env: {}, terminal: true, pipe: false },
  { flags: "", env: { NO_COLOR: "1" }, terminal: false, pipe: false },
  { flags: "", env: { NO_COLOR: "" }, terminal: true, pipe: false },
  { flags: "", env: { TERM: "dumb" }, terminal: false, pipe: false },
  { flags: "--no-color", env: {}, terminal: false, pipe: false },
  { flags: "", env: { FORCE_COLOR: "1" }, terminal: true, pipe: true },
  { flags: "", env: { FORCE_COLOR: "1", NO_COLOR: "1" }, terminal: true, pipe: true },
  { flags: "", env: { FORCE_COLOR: "1", TERM: "dumb" }, terminal: true, pipe: true },
  { flags: "", env: { FORCE_COLOR: "0" }, terminal: false, pipe: false },
  { flags: "--no-color", env: { FORCE_COLOR: "1" }, terminal: false, pipe: false },
])("paints as wished with $flags $env", async ({ flags, env, terminal, pipe }) => {
  const site = new ClxSite();
  await site.ok("tasks", "cancel", await site.ok("submit", "command", "--", "true"));

  const shown = onTerminal(site, `clx tasks list ${flags}`, { env });
  const piped = onTerminal(site, `clx tasks list ${flags} | cat`, { env });

  expect({ terminal: colour.test(shown), pipe: colour.test(piped) }).toEqual({ terminal, pipe });
});

it("prints whole records without a colour into a pipe, and what fits on any terminal", async () => {
  const site = new ClxSite();
  const wide = `日本語のとても長い引数🎉${"x".repeat(150)}`;
  await site.ok("submit", "command", "--", "echo", wide);

  const piped = onTerminal(site, "clx tasks list | cat", { columns: 40 });
  expect(piped).toContain(wide);
  expect(piped.trim().split("\n")).toHaveLength(2);
  const env = { NO_COLOR: "1" };
  for (const columns of [40, 80, 200]) {
    const lines = onTerminal(site, "clx tasks list", { columns, env }).split("\n");

    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
  }
});

it.each([40, 80, 200])(
  "prints every list within %i columns, whole or in records",
  async (columns) => {
    const site = new ClxSite();
    const wide = "日本語のとても長い引数🎉";
    await site.ok("submit", "command", "--", "echo", wide);
    const store = await site.openStore();
    await PlayedWorker.start(store, { id: `direct-command-0-${"a".repeat(30)}` });
    const env = { NO_COLOR: "1" };

    for (const list of ["tasks list", "workers list", "status", "db stats", "config locate"]) {
      const lines = onTerminal(site, `clx ${list}`, { columns, env }).split("\n");

      const tooLong = lines.filter((line) => widthOf(line) > columns && !isPath(site, line));
      expect({ list, tooLong }).toEqual({ list, tooLong: [] });
    }
  },
);

/** A path is never broken, wherever the folder for temporary files is. */
function isPath({ databasePath }: ClxSite, line: string): boolean {
  return line.trim() === databasePath;
}

it("shows a row as a record of lines where no table fits", async () => {
  const site = new ClxSite();
  const id = await site.ok("submit", "command", "--", "echo", "x".repeat(60));

  const shown = onTerminal(site, "clx tasks list", { columns: 40, env: { NO_COLOR: "1" } });
  const piped = onTerminal(site, "clx tasks list | head -n 1", { columns: 40 });

  expect(shown).toMatch(new RegExp(`^ID    ${id}\nSTATE pending\nTYPE  command\n`));
  expect(shown).toMatch(/^WHAT {2}echo x+…$/m);
  expect(piped.split("\n")).toHaveLength(2);
});

it("uses the arguments of a program for nothing of its own", async () => {
  const site = new ClxSite();

  const id = await site.ok("submit", "command", "--", "ls", "--no-color", "--json");

  expect(await site.json("tasks", "show", id)).toMatchObject({
    payload: { argv: ["ls", "--no-color", "--json"] },
  });
});
