import { expect, it } from "vitest";
import { traitsOf } from "./engine.ts";

it.each([
  [["name=seccomp,profile=default"], { isRootless: false, hasSelinux: false }],
  [["name=seccomp,profile=builtin", "name=rootless"], { isRootless: true, hasSelinux: false }],
  [["name=selinux", "name=cgroupns"], { isRootless: false, hasSelinux: true }],
  [undefined, { isRootless: false, hasSelinux: false }],
])("an engine that says %j of its security is known by it", (options, traits) => {
  expect(traitsOf(options)).toEqual(traits);
});
