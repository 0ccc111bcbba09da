import { describe, expect, it } from "vitest";
import { type FolderGrant, reaches } from "./container.ts";

const course: readonly FolderGrant[] = [
  { path: "/course", access: "read" },
  { path: "/course/.clx", access: "hidden" },
  { path: "/course/.clx/build/1", access: "write" },
  { path: "/course/output", access: "write" },
];

describe("grants of folders", () => {
  it.each<[FolderGrant, boolean]>([
    [{ path: "/course/slides", access: "read" }, true],
    [{ path: "/course/slides", access: "write" }, false],
    [{ path: "/course/output/students", access: "write" }, true],
    [{ path: "/course/output", access: "read" }, true],
    [{ path: "/course/.clx", access: "read" }, false],
    [{ path: "/course/.clx/build/1", access: "write" }, true],
    [{ path: "/course2", access: "read" }, false],
    [{ path: "/", access: "read" }, false],
    [{ path: "/elsewhere", access: "hidden" }, true],
  ])("%j is within reach: %j", (wanted, expected) => {
    expect(reaches(course, [wanted])).toBe(expected);
  });

  it("reach what lies below the root of a machine", () => {
    expect(reaches([{ path: "/", access: "read" }], course.slice(0, 1))).toBe(true);
  });

  it("reach nothing when there are none", () => {
    expect(reaches([], course)).toBe(false);
    expect(reaches([], [])).toBe(true);
  });
});
