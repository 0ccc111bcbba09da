import { expect, it } from "vitest";
import { shortened } from "./shorten.ts";

it("keeps beginning and end of a long name, and has all of it on hover", () => {
  const shown = shortened("slides/introduction/chapter-12-everything.ipynb", 20).toString();

  expect(shown).toMatch(/>slides\/intro…g\.ipynb</);
  expect(shown).toContain('title="slides/introduction/chapter-12-everything.ipynb"');
});

it("leaves short names as they are, in one line, and never cuts a character in two", () => {
  expect(shortened("  two\n words ", 20).toString()).toBe("two words");
  expect(shortened("🙂".repeat(30), 10).toString()).not.toContain("\ufffd");
  expect(shortened("🙂".repeat(30), 10).toString().isWellFormed()).toBe(true);
});
