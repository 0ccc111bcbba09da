import { expect, it } from "vitest";
import { imageName, ownRegistry } from "./image-name.ts";

it.each([
  [ownRegistry, "0.1.0", "clx/notebook:0.1.0"],
  ["registry.example.org/team", "latest", "registry.example.org/team/notebook:latest"],
  ["127.0.0.1:5000/a-b/c_d", "1.0-rc.1", "127.0.0.1:5000/a-b/c_d/notebook:1.0-rc.1"],
])("%s and %s name %s", (registry, tag, name) => {
  expect(imageName("notebook", { registry, tag })).toBe(name);
});

it.each([
  ["Team", "1"],
  ["https://registry.example.org", "1"],
  ["team/", "1"],
  ["", "1"],
  ["team", "a b"],
  ["team", ""],
])("refuses %j with %j", (registry, tag) => {
  expect(() => imageName("notebook", { registry, tag })).toThrow(/must be a (name|tag) such as/);
});
