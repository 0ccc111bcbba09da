import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { describe, expect, it } from "vitest";
import { KeyPositions } from "./key-positions.ts";

function positionsOf(lines: readonly string[]): KeyPositions {
  const text = lines.join("\n");
  parse(text); // or it shows nothing
  return new KeyPositions(text);
}

describe("the positions of keys", () => {
  it("are those of plain keys and tables", () => {
    const positions = positionsOf(["a = 1 # b = 2", "", "[workers]", "  count = 3"]);

    expect(positions.find(["a"])).toEqual({ line: 1, column: 1 });
    expect(positions.find(["workers"])).toEqual({ line: 3, column: 2 });
    expect(positions.find(["workers", "count"])).toEqual({ line: 4, column: 3 });
    expect(positions.has(["b"])).toBe(false);
  });

  it("follow dotted and quoted keys", () => {
    const positions = positionsOf([
      "[workers . 'my type']",
      '"a\\tb".c = 1',
      "settings.deep.er = true",
    ]);

    expect(positions.find(["workers", "my type"])).toEqual({ line: 1, column: 12 });
    expect(positions.find(["workers", "my type", "a\tb", "c"])).toEqual({ line: 2, column: 8 });
    expect(positions.find(["workers", "my type", "settings", "deep", "er"]).column).toBe(15);
  });

  it("are not fooled by what stands in strings and comments", () => {
    const positions = positionsOf([
      'one = """',
      "fake = 1",
      '[fake] \\""" still "" inside""""',
      "two = '''",
      "fake = 2'''  # fake = 3",
      "three = 'it = \"3\"' ",
      'four = "\\" = [x]"',
    ]);

    expect(positions.has(["fake"])).toBe(false);
    expect(positions.find(["two"])).toEqual({ line: 4, column: 1 });
    expect(positions.find(["three"])).toEqual({ line: 6, column: 1 });
    expect(positions.find(["four"])).toEqual({ line: 7, column: 1 });
  });

  it("reach into lists and inline tables", () => {
    const positions = positionsOf([
      "list = [",
      "  { a = 1 }, # first",
      "  { b = { c = [[], ['x']] }, d = 2 }",
      "]",
      "last = 1979-05-27T07:32:00Z",
    ]);

    expect(positions.find(["list", 0, "a"])).toEqual({ line: 2, column: 5 });
    expect(positions.find(["list", 1, "b", "c"])).toEqual({ line: 3, column: 11 });
    expect(positions.find(["list", 1, "d"])).toEqual({ line: 3, column: 30 });
    expect(positions.find(["last"])).toEqual({ line: 5, column: 1 });
  });

  it("count the tables of an array", () => {
    const positions = positionsOf(["[[t]]", "a = 1", "[[t]]", "a = 2", "[t.in]", "b = 3"]);

    expect(positions.find(["t", 0, "a"]).line).toBe(2);
    expect(positions.find(["t", 1, "a"]).line).toBe(4);
    expect(positions.find(["t", 1, "in", "b"]).line).toBe(6);
  });

  it("do not mind the ends of lines that Windows has", () => {
    const positions = new KeyPositions("[a]\r\nb = 1\r\n\r\nc = 2\r\n");

    expect(positions.find(["a", "c"])).toEqual({ line: 4, column: 1 });
  });

  it("name the nearest table around what they do not have", () => {
    const positions = positionsOf(["", "[a]", "b = 1"]);

    expect(positions.find(["a", "x", "y"])).toEqual({ line: 2, column: 2 });
    expect(positions.find(["z"])).toEqual({ line: 1, column: 1 });
  });

  it("are found for every key of any document", () => {
    const name = fc.oneof(
      fc.stringMatching(/^[a-z_-]{1,4}$/),
      fc.string({ minLength: 1, maxLength: 4 }).filter((text) => !/^__proto__$/.test(text)),
    );
    const { table } = fc.letrec<{ table: Record<string, unknown>; value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.array(fc.string(), { maxLength: 3 }),
        fc.array(tie("table"), { maxLength: 3 }),
        tie("table"),
      ),
      table: fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
    }));

    fc.assert(
      fc.property(table, (document) => {
        const text = stringify(document);
        const positions = new KeyPositions(text);
        const missing = pathsOf(parse(text)).filter((path) => !positions.has(path));
        expect(missing).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("come to an end in any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."[]{}=.,\"'\\#a \n") }), (text) => {
        new KeyPositions(text).find(["a"]);
      }),
      { numRuns: 500 },
    );
  });
});

/** The paths of all keys; positions in lists are numbers. */
function pathsOf(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (Array.isArray(value)) return value.flatMap((item, at) => pathsOf(item, [...path, at]));
  if (typeof value !== "object" || value === null || value instanceof Date) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [...path, key],
    ...pathsOf(inner, [...path, key]),
  ]);
}
