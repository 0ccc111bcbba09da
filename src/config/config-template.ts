import { agentKeysOf } from "./schema/agent-keys.ts";
import type { Key, Keys } from "./schema/key.ts";
import { rootKeys, serverKeys, typeKeys, workersKeys } from "./schema/keys.ts";
import { builtInTypes, defaultsOf } from "./schema/worker-types.ts";

const width = 96;

const head = `Configuration of clx.

A line such as "#key = value" shows a default, or an example where there is none: remove the "#" to set it. As it stands, this file changes nothing. Durations are seconds, or text such as "10m" or "48h"; sizes are text such as "512m" or "8g". "clx config validate" checks this file, "clx config show" prints what is in force and who said so.`;

/** A file for people to edit: it says everything, and sets nothing. */
export function configTemplate(): string {
  return [
    prose(head),
    ...Object.entries(rootKeys).map(([name, key]) => explained(name, key)),
    section("workers", workersKeys),
    ...Object.keys(builtInTypes).map(typeSection),
    ownTypeExample,
    section("server", serverKeys),
    section("agents.claude", agentKeysOf("sdk")),
    ownAgentExample(),
    "",
  ].join("\n\n");
}

function section(name: string, keys: Keys): string {
  const entries = Object.entries(keys).map(([key, definition]) => explained(key, definition));
  return [`[${name}]`, ...entries].join("\n\n");
}

function explained(name: string, key: Key): string {
  return [prose(withoutSetting(key)), line(name, key)].join("\n");
}

/** What the key is, and what holds when it is not set. */
function withoutSetting({ doc, unset, inherits }: Key): string {
  const otherwise = inherits === undefined ? unset : `as ${inherits} says`;
  return otherwise === undefined ? doc : `${doc} Not set: ${otherwise}.`;
}

function line(name: string, { format, example, ...key }: Key): string {
  return `#${name} = ${key.default === undefined ? example : format.toToml(key.default)}`;
}

/** The first type has the words, which the others would only repeat. */
function typeSection(type: string, index: number): string {
  const title = `[workers.${type}] # ${builtInTypes[type]?.doc}`;
  const keys = Object.entries(keysWithDefaultsOf(type));
  if (index === 0) return [title, ...keys.map(([name, key]) => explained(name, key))].join("\n\n");
  const telling = keys.filter(([name, key]) => key.default !== undefined || hasExample(type, name));
  return [title, ...telling.map(([name, key]) => line(name, key))].join("\n");
}

function keysWithDefaultsOf(type: string): Keys {
  const defaults: Readonly<Record<string, unknown>> = defaultsOf(type);
  const examples: Readonly<Record<string, string>> = builtInTypes[type]?.examples ?? {};
  const adapted = Object.entries<Key>(typeKeys).map(([name, key]) => {
    const example = examples[name] ?? key.example;
    return [
      name,
      { ...key, default: defaults[name] ?? key.default, ...(example && { example }) },
    ] as const;
  });
  return Object.fromEntries(adapted);
}

function hasExample(type: string, name: string): boolean {
  return Object.hasOwn(builtInTypes[type]?.examples ?? {}, name);
}

const ownTypeExample = `# A worker type of your own: a module whose default export is defineWorker({ … }), or a program
# that reads the task's payload as JSON from its standard input. Relative paths start at the
# folder of the project.
#[workers.resize]
#handler = "./resize.js"
#settings = { quality = 90 }
#
#[workers.simulate]
#command = ["python3", "simulate.py"]
#expected_memory = "8g"`;

/** What the first agent has no use for. */
function ownAgentExample(): string {
  const told = agentKeysOf("sdk");
  const keys = Object.entries(agentKeysOf("command")).filter(
    ([name]) => !Object.hasOwn(told, name),
  );
  return [
    "# An agent of your own: any program that prints lines of JSON.\n#[agents.helper]",
    '#runner = "command"',
    ...keys.map(([name, key]) => explained(name, key)),
  ].join("\n\n");
}

/** Comment lines of bounded length. */
function prose(text: string): string {
  return text
    .replaceAll("`", "")
    .split("\n")
    .flatMap((paragraph) => wrapped(paragraph))
    .map((row) => `# ${row}`.trimEnd())
    .join("\n");
}

function wrapped(paragraph: string): string[] {
  const rows = [""];
  for (const word of paragraph.split(" ")) {
    const row = rows.at(-1) ?? "";
    if (row !== "" && row.length + 1 + word.length > width - 2) rows.push(word);
    else rows[rows.length - 1] = row === "" ? word : `${row} ${word}`;
  }
  return rows;
}
