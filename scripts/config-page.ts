import { agentKeys } from "../src/config/schema/agent-keys.ts";
import type { Key, Keys } from "../src/config/schema/key.ts";
import {
  ownTypeKeys,
  rootKeys,
  serverKeys,
  typeKeys,
  workersKeys,
} from "../src/config/schema/keys.ts";
import { variableOf } from "../src/config/schema/sections.ts";
import {
  builtInTypes,
  defaultsOf,
  ownTypeDefaults,
  typesThatShip,
} from "../src/config/schema/worker-types.ts";

/** `docs/configuration.md` */
export function configPage(): string {
  return `${[
    intro,
    "## The top of the file",
    keyTable("", rootKeys),
    "## `[workers]`",
    keyTable("workers.", workersKeys),
    "## `[workers.TYPE]`",
    typesIntro,
    keyTable("workers.TYPE.", typeKeys),
    builtInTable(),
    rules,
    "## A worker type of your own",
    ownIntro,
    keyTable("workers.TYPE.", ownTypeKeys),
    ownExample,
    "## `[server]`",
    "What holds for `clx serve`.",
    keyTable("server.", serverKeys),
    "## `[agents.NAME]`",
    agentsIntro,
    keyTable("agents.NAME.", agentKeys),
    "## Variables of earlier systems",
    "They are read where the variable named after the key says nothing.",
    legacyTable(),
  ].join("\n\n")}\n`;
}

const intro = `# Configuration

Generated from \`src/config/schema/\` by \`scripts/generate-config-docs.ts\`; change those.

No file is needed: everything has a default. What is set is taken from, strongest first:

1. the command line
2. the environment
3. the project: \`.clx/config.toml\`, in this folder or the nearest above it
4. the user: \`~/.config/clx/config.toml\` (\`$XDG_CONFIG_HOME/clx/\`; macOS: \`~/Library/Application Support/clx/\`; Windows: \`%APPDATA%\\clx\\\`)
5. the system: \`/etc/clx/config.toml\` (Windows: \`%PROGRAMDATA%\\clx\\\`; \`CLX_SYSTEM_FOLDER\` names another folder)
6. the defaults

\`\`\`sh
clx config init --location=project   # write a file with all keys, their meaning and their defaults
clx config show                      # every value in force, and who said it
clx config locate                    # where files are looked for
clx config validate [FILE]           # check without running anything
\`\`\`

A key that does not exist, a value that cannot be, and two places on one layer that contradict each other are errors. All of
them are reported at once, with file, line and column. \`[worker_management]\` and \`CLX_WORKER_MANAGEMENT__…\` are other names of \`[workers]\` and \`CLX_WORKERS__…\`.

Durations are seconds (\`90\`) or text (\`"90s"\`, \`"10m"\`, \`"48h"\`, \`"7d"\`). Sizes are bytes or text (\`"512m"\`, \`"8g"\`). Relative paths start at the
project's folder, in the files of user and system at the folder of the file, elsewhere at the current folder; \`~/\` is the home folder.
In a variable, lists and tables are JSON, and an empty variable counts as not set.

Git passes over all of \`.clx\` but \`config.toml\`: CLX writes a \`.clx/.gitignore\` that says so, unless there is one.

Editors with a TOML language server check and complete the file by the schema \`config.schema.json\`, beside this page.`;

const typesIntro = `TYPE is a type of clx (\`${typesThatShip.join("`, `")}\`) or a type of your own. In the name of a variable, \`-\` becomes \`_\`: \`CLX_WORKERS__MY_TYPE__COUNT\`.`;

const rules = `What somebody wrote beats what is built in, and what was written for the type beats what was written for all types. Options of the command
line beat both: \`--workers=docker\` means every type, \`--worker-count=2\` every count but those of a \`--TYPE-workers\` beside it.`;

const ownIntro = `A table that names no type of clx is a worker type of your own. It needs one of these two keys. A type named \`simulation\` is expected to need ${sizeOf("simulation")} per worker unless you say otherwise.`;

const agentsIntro = `The agents that tasks of type \`agent\` may name as their executor. \`claude\` is there without being named. [Agents](agents.md) has examples.`;

const ownExample = `\`\`\`toml
[workers.resize]
handler = "./workers/resize.js"
count = 2
settings = { quality = 90 }

[workers.simulate]
command = ["python3", "simulate.py"]
expected_memory = "8g"
max_job_time = "24h"
\`\`\``;

function keyTable(prefix: string, keys: Keys): string {
  const rows = Object.entries(keys).map(([name, key]) => [
    `\`${name}\``,
    key.format.name,
    defaultOf(key),
    key.doc,
    [variableOf(prefix + name), ...(key.flags ?? []).map(flagOf)]
      .map((spelling) => `\`${spelling}\``)
      .join("<br>"),
  ]);
  return table(["key", "value", "default", "what it is", "variable, options"], rows);
}

function flagOf({ name, value }: NonNullable<Key["flags"]>[number]): string {
  return `--${name.replaceAll("<type>", "TYPE")}${value === undefined ? "" : `=${value}`}`;
}

function defaultOf(key: Key): string {
  if (key.inherits !== undefined) return `\`${key.inherits}\``;
  return key.default === undefined ? (key.unset ?? "") : `\`${key.format.toToml(key.default)}\``;
}

/** Where the types of clx differ from the rest. */
function builtInTable(): string {
  const keys: Keys = typeKeys;
  const rows = Object.entries(builtInTypes).map(([type, { doc }]) => {
    const own = Object.entries(defaultsOf(type)).map(
      ([name, value]) => `\`${name} = ${keys[name]?.format.toToml(value)}\``,
    );
    return [`\`${type}\``, doc, own.join(", ") || "none"];
  });
  return table(["type", "what it does", "defaults of its own"], rows);
}

function sizeOf(type: string): string {
  return typeKeys.expected_memory.format.toToml(ownTypeDefaults[type]?.expected_memory ?? 0);
}

function legacyTable(): string {
  const sections = [
    ["", rootKeys],
    ["workers.", workersKeys],
    ["server.", serverKeys],
  ] as const;
  const rows = sections.flatMap(([prefix, keys]) =>
    Object.entries<Key>(keys).flatMap(([name, { legacy = [] }]) =>
      legacy.map((variable) => [`\`${variable}\``, `\`${prefix}${name}\``]),
    ),
  );
  return table(["variable", "key"], rows);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), `|${heads.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}
