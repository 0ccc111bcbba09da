import { expect, it } from "vitest";
import { gist, isShort, toolInput } from "./tool-input.ts";

it("shows texts as the lines that they are, and the rest as JSON", () => {
  const shown = String(toolInput({ command: "a\nb", count: 3, list: ["x"], token: "secret" }));

  expect(shown).toContain('<pre class="value"><code>a\nb</code></pre>');
  expect(shown).toContain('<code class="value">3</code>');
  expect(shown).toContain("[\n  &quot;x&quot;\n]");
  expect(shown).toContain("[redacted]");
  expect(shown).not.toContain("secret");
});

it.each([
  [{ description: "what", command: "ls -la\nmore" }, "ls -la"],
  [{ file_path: "/a/b" }, "/a/b"],
  [{ other: 5 }, "5"],
  ["words", "words"],
  [{}, false],
])("says of %j in one line what says most: %j", (input, words) => {
  expect(gist(input) || false).toBe(words);
});

it.each([
  ["a few words", true],
  ["\n".repeat(20), false],
  ["x".repeat(5_000), false],
])("folds what is long", (text, isShown) => {
  expect(isShort({ text })).toBe(isShown);
});
