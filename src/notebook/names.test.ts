import { expect, it } from "vitest";
import { fileNameOf, numberedName, pathNameOf } from "./names.ts";

it.each([
  ['Kurs: C# & "Tags" [1]', "Kurs CSharp _ Tags (1)"],
  ["Course: C# & Tags/1.0", "Course CSharp _ Tags_10"],
  ["  {a} <b> *c* = 2^3 € | x  ", "(a) _b_ _c_ _ 2_3 _ _ x"],
  ["What's `new`; why? now!", "Whats new why now"],
])("calls '%s' '%s'", (title, name) => {
  expect(fileNameOf(title)).toBe(name);
});

it("keeps the extension of a path's last part", () => {
  expect(pathNameOf("img: 1/a.b.png")).toBe("img 1/ab.png");
});

it("numbers with two digits", () => {
  expect(numberedName(7, "Lists?")).toBe("07 Lists");
  expect(numberedName(112, "Lists")).toBe("112 Lists");
});
