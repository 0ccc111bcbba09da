import { expect, it } from "vitest";
import { documentView } from "./document.ts";

it("shows a document escaped, indented and without secrets", () => {
  const shown = view({ note: "<script>", api_key: "k-1", n: [1, true, null] });

  expect(shown).toContain("&lt;script&gt;");
  expect(shown).not.toContain("k-1");
  expect(shown).toContain('<span class="json-figure">1</span>');
  expect(shown).toContain('<span class="json-word">true</span>');
});

it("says so where a number may have lost its digits before it was stored", () => {
  expect(view({ n: 9_007_199_254_740_994 })).toContain("Numbers beyond 2^53");
  expect(view({ n: 9_007_199_254_740_991, text: "12345678901234567890" })).not.toContain("2^53");
});

it("shows the beginning of a very long one, and where all of it is", () => {
  const shown = view({ text: "x".repeat(500_000) });

  expect(shown.length).toBeLessThan(300_000);
  expect(shown).toContain("the download has all of it");
});

it("shows nothing where there is none", () => {
  expect(documentView({ id: "a", title: "A", value: undefined, download: "/" }).toString()).toBe(
    "",
  );
});

function view(value: Parameters<typeof documentView>[0]["value"]): string {
  return documentView({ id: "input", title: "Input", value, download: "/input" }).toString();
}
