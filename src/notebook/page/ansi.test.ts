import { expect, it } from "vitest";
import { ansiToHtml, withoutAnsi } from "./ansi.ts";

it.each([
  ["plain <text>", "plain &lt;text&gt;"],
  ["\u{1b}[31mred\u{1b}[0m not", '<span class="ink-1">red</span> not'],
  [
    "\u{1b}[1;32mbold\u{1b}[22m thin\u{1b}[39m no",
    '<span class="ink-2 ansi-bold">bold</span><span class="ink-2"> thin</span> no',
  ],
  ["\u{1b}[38;5;196mx\u{1b}[m", '<span class="ink-1">x</span>'],
  ["\u{1b}[38;2;0;0;250mx", '<span class="ink-4">x</span>'],
  ["\u{1b}[97;44mx", '<span class="ink-15 ground-4">x</span>'],
  ["10 %\r50 %\r100 %\ndone", "100 %\ndone"],
  ["a\r\nb", "a\nb"],
  ["\u{1b}[2J\u{1b}[Hclean \u{1b}]8;;http://x\u{7}link\u{1b}]8;;\u{7}", "clean link"],
])("shows %j as a terminal would", (text, html) => {
  expect(ansiToHtml(text)).toBe(html);
});

it("leaves the text alone", () => {
  expect(withoutAnsi("\u{1b}[0;31mNameError\u{1b}[0m: x")).toBe("NameError: x");
});
