import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import type { Format } from "./format.ts";
import { choice, duration, image, size, text, whole, yesOrNo } from "./formats.ts";
import { freeTable, moduleUrl, path, program } from "./place-formats.ts";

const site = { what: "the key", folder: "/srv/course", home: "/home/ada" };
const mode = choice(["direct", "docker"]);
const few = whole({ atLeast: 1, atMost: 9 });
const limit = duration({ zero: "no limit" });

interface Case {
  readonly format: Format<never> | Format<unknown>;
  readonly toml: unknown;
  readonly value: unknown;
}

const fromToml: Case[] = [
  { format: mode, toml: "docker", value: "docker" },
  { format: yesOrNo, toml: false, value: false },
  { format: few, toml: 9, value: 9 },
  { format: duration(), toml: 30, value: 30_000 },
  { format: duration(), toml: 0.5, value: 500 },
  { format: duration(), toml: "10m", value: 600_000 },
  { format: duration(), toml: "48h", value: 172_800_000 },
  { format: limit, toml: 0, value: 0 },
  { format: limit, toml: -1, value: 0 },
  { format: size, toml: "1.5g", value: 1.5 * 1024 ** 3 },
  { format: size, toml: 4096, value: 4096 },
  { format: text, toml: "heavy", value: "heavy" },
  ...[
    "clx/notebook:0.1.0",
    "worker",
    "localhost:5000/a/b-c_d:1.0-rc.1",
    `Registry.example.org/team/worker@sha256:${"0a".repeat(32)}`,
    "[::1]:5000/worker",
    `sha256:${"0a".repeat(32)}`,
  ].map((name) => ({ format: image, toml: name, value: name })),
  { format: path, toml: "logs", value: "/srv/course/logs" },
  { format: path, toml: "/var/log", value: "/var/log" },
  { format: path, toml: "~/logs", value: "/home/ada/logs" },
  { format: moduleUrl, toml: "./a b.js", value: "file:///srv/course/a%20b.js" },
  { format: moduleUrl, toml: "file:///x.js", value: "file:///x.js" },
  {
    format: program,
    toml: ["sh", "-c", "x"],
    value: { argv: ["sh", "-c", "x"], cwd: site.folder },
  },
  {
    format: program,
    toml: ["./tool", "./arg"],
    value: { argv: ["/srv/course/tool", "./arg"], cwd: site.folder },
  },
  { format: freeTable, toml: { a: [1, { b: "c" }] }, value: { a: [1, { b: "c" }] } },
];

const refused: [Format<never> | Format<unknown>, unknown, string][] = [
  [mode, "dcoker", 'the key is "dcoker", but must be "direct" or "docker"; did you mean "docker"?'],
  [mode, 3, 'the key is 3, but must be "direct" or "docker"'],
  [yesOrNo, "true", 'the key is "true", but must be true or false, without quotes'],
  [few, 0, "the key is 0, but must be a whole number from 1 to 9"],
  [few, 10, "the key is 10, but must be"],
  [few, 1.5, "the key is 1.5, but must be"],
  [few, "3", 'the key is "3", but must be'],
  [few, [1], "the key is a list, but must be"],
  [few, new Date(0), "the key is the date 1970-01-01"],
  [duration(), 0, "the key is 0, but must be a duration above 0"],
  [duration(), Number.NaN, "the key is NaN, but must be a duration"],
  [duration(), Number.POSITIVE_INFINITY, "the key is Infinity"],
  [duration(), "soon", 'the key is "soon", which is no duration'],
  [duration(), { a: 1 }, "the key is a table, but must be"],
  [size, "much", 'the key is "much", which is no size'],
  [size, 0, "the key is 0, but must be a size"],
  [size, -5, "the key is -5, but must be a size"],
  [text, "", 'the key is "", but must be a text'],
  ...[
    "Bad Name!",
    "Team/worker ",
    "team/Worker",
    "https://registry/worker",
    "a:",
    "a:b:c",
    "a@b",
    "",
  ].map((name): [Format<string>, string, string] => [
    image,
    name,
    `the key is "${name}", but must be the name of an image, such as "clx/notebook:1.0"`,
  ]),
  [path, 5, "the key is 5, but must be a text"],
  [
    moduleUrl,
    "resize.js",
    'the key is "resize.js", but must be the path of a module, such as "./resize.js"',
  ],
  [program, [], "the key is a list, but must be a list of a program and its arguments"],
  [program, [""], "the key is a list, but must be"],
  [program, ["a", 1], "the key is a list, but must be"],
  [program, "python3 x.py", 'the key is "python3 x.py", but must be a list'],
  [freeTable, [1], "the key is a list, but must be a table"],
];

describe("a value in a file", () => {
  it.each(fromToml)("$toml is read as $value", ({ format, toml, value }) => {
    expect(format.fromToml(toml, site)).toEqual(value);
  });

  it.each(refused)("is refused by %o: %o", (format, toml, message) => {
    expect(() => format.fromToml(toml, site)).toThrow(message);
  });

  it.each(fromToml)("$value is written so that it is read as the same", ({ format, value }) => {
    const written = (format as Format<unknown>).toToml(value);

    expect(format.fromToml(parse(`key = ${written}`).key, site)).toEqual(value);
  });

  it.each(fromToml)("$value survives as JSON", ({ format, value }) => {
    const json = JSON.parse(JSON.stringify((format as Format<unknown>).toJson(value)));

    expect(format.fromToml(json, site)).toEqual(value);
  });
});

describe("a value as text", () => {
  it.each([
    [mode, "direct", "direct"],
    [yesOrNo, "TRUE", true],
    [yesOrNo, "0", false],
    [yesOrNo, "off", false],
    [few, "7", 7],
    [duration(), "90", 90_000],
    [duration(), "1h30m", 5_400_000],
    [limit, "-1", 0],
    [size, "2g", 2 * 1024 ** 3],
    [program, '["a", "b c"]', { argv: ["a", "b c"], cwd: site.folder }],
    [freeTable, '{"a": 1}', { a: 1 }],
  ] as [Format<unknown>, string, unknown][])("%o reads %o", (format, given, value) => {
    expect(format.fromText(given, site)).toEqual(value);
  });

  it.each([
    [yesOrNo, "maybe", 'the key is "maybe", but must be true or false'],
    [few, "3x", 'the key is "3x", but must be a whole number'],
    [few, "", "but must be a whole number"],
    [duration(), "-1", 'the key is "-1", but must be a duration above 0'],
    [program, "python3 x.py", "but must be a list"],
    [freeTable, "[1]", "must be an object in JSON"],
  ] as [Format<unknown>, string, string][])("%o refuses %o", (format, given, message) => {
    expect(() => format.fromText(given, site)).toThrow(message);
  });
});
