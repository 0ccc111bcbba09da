import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RequestError } from "../request-error.ts";
import { findFault } from "./json-fault.ts";
import { parseJson } from "./parse-json.ts";

function refusalOf(text: string): RequestError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

describe("parseJson", () => {
  it("gives back what any program has written as JSON", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("takes or refuses any text, and tells a place within it", () => {
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 }))
      .map(([text, at, noise]) => text.slice(0, at % (text.length + 1)) + noise);

    fc.assert(
      fc.property(damaged, (text) => {
        let isTaken = true;
        try {
          JSON.parse(text);
        } catch {
          isTaken = false;
        }
        if (isTaken) return;
        const { code, facts } = refusalOf(text);
        expect(code).toBe("invalid_value");
        expect(facts.position).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['{"a": 9007199254740993}', "9007199254740993"],
    ["[-9007199254740993]", "-9007199254740993"],
    ["[1e400]", "1e400"],
    ["123456789012345678901", "123456789012345678901"],
  ])("refuses %s, which would become another number", (text, number) => {
    expect(refusalOf(text).message).toContain(number);
  });

  it.each([
    ["9007199254740992"],
    ["-19599094804194150"],
    ["0.1234567890123456789"],
    ["1e300"],
    ['"9007199254740993"'],
    ['{"9007199254740993": "1e400"}'],
  ])("takes %s", (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it("refuses what is nested too deeply, and takes much that is not", () => {
    const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

    expect(refusalOf(deep(201)).message).toContain("200 levels");
    expect(refusalOf(deep(100_000)).message).toContain("200 levels");
    expect(() => parseJson(deep(200))).not.toThrow();
    expect(() => parseJson(`[${"[],".repeat(5_000)}[]]`)).not.toThrow();
  });
});

describe("findFault", () => {
  it("finds nothing wrong before the end of what is JSON", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(findFault(text)).toEqual({ position: text.length, expected: "nothing" });
      }),
    );
  });

  it.each([
    ["{a: 1}", 1, 'a name in quotes or "}"'],
    ['{"a" 1}', 5, '":"'],
    ["[1 2]", 3, '"," or the closing bracket'],
    ["[1,]", 3, "a value"],
    ["01", 1, "nothing"],
    ["'a'", 0, "a value"],
    ["[1}", 2, '"," or the closing bracket'],
    ['"a\nb"', 0, "a value"],
    ["", 0, "a value"],
    ["{} {}", 3, "nothing"],
  ])("says of %j that at %i should follow %s", (text, position, expected) => {
    expect(findFault(text)).toEqual({ position, expected });
  });
});
