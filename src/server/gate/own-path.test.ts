import { expect, it } from "vitest";
import { ownPath } from "./own-path.ts";

it.each(["/", "/tasks?state=failed&q=a%20b", "/tasks/0197", "/events?after=3"])(
  "leads back to %s",
  (path) => {
    expect(ownPath(path)).toBe(path);
  },
);

it.each([
  undefined,
  "",
  "tasks",
  "https://evil.example/",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  " //evil.example",
  "javascript:alert(1)",
  "/..//evil.example",
  "/.//evil.example",
  "/tasks\r\nSet-Cookie: a=b",
  "http:evil.example",
])("leads to the overview instead of %j", (path) => {
  expect(ownPath(path)).toBe("/");
});
