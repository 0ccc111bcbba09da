import { expect, it } from "vitest";
import { traitsOf } from "./engine.ts";

const usual = { isRootless: false, hasSelinux: false, isDesktop: false };

it.each([
  [{ SecurityOptions: ["name=seccomp,profile=default"] }, usual],
  [{ SecurityOptions: ["name=seccomp,profile=builtin", "name=rootless"] }, { isRootless: true }],
  [{ SecurityOptions: ["name=selinux", "name=cgroupns"] }, { hasSelinux: true }],
  [{ OperatingSystem: "Docker Desktop" }, { isDesktop: true }],
  [{}, usual],
])("an engine that says %j of itself is known by it", (said, traits) => {
  expect(traitsOf(said)).toEqual({ ...usual, ...traits });
});
