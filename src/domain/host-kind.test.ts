import { describe, expect, it } from "vitest";
import { hostKindOf, journalModeFor, pathInside, urlInside, whyOutOfReach } from "./host-kind.ts";

describe("the kind of a host", () => {
  it.each([
    ["win32", "10.0.22631", "windows"],
    ["darwin", "24.1.0", "macos"],
    ["linux", "6.1.0-28-amd64", "linux"],
    ["linux", "5.15.153.1-microsoft-standard-WSL2", "wsl"],
    ["linux", "4.4.0-19041-Microsoft", "wsl"],
    ["freebsd", "14.1", "other"],
  ] as const)("%s with kernel %s is %s", (platform, release, kind) => {
    expect(hostKindOf({ platform, release })).toBe(kind);
  });

  it("decides the journal mode of a database that containers open", () => {
    expect(journalModeFor("windows")).toBe("delete");
    expect(journalModeFor("wsl")).toBe("delete");
    expect(journalModeFor("linux")).toBeUndefined();
    expect(journalModeFor("macos")).toBeUndefined();
  });
});

describe("a path of the machine", () => {
  it.each([
    ["C:\\courses\\one", "/c/courses/one"],
    ["c:/courses/one/", "/c/courses/one"],
    ["D:\\", "/d"],
    ["E:\\a folder\\späte", "/e/a folder/späte"],
    ["\\\\server\\share", "//server/share"],
  ])("%s of Windows is %s in a container", (path, inside) => {
    expect(pathInside(path, "windows")).toBe(inside);
  });

  it.each(["linux", "wsl", "macos"] as const)("is the same in a container on %s", (kind) => {
    expect(pathInside("/mnt/c/courses", kind)).toBe("/mnt/c/courses");
    expect(urlInside("file:///srv/worker.mjs", kind)).toBe("file:///srv/worker.mjs");
  });

  it("as a URL loses its drive like a path", () => {
    expect(urlInside("file:///C:/courses/worker.mjs", "windows")).toBe(
      "file:///c/courses/worker.mjs",
    );
    expect(urlInside("data:text/javascript,1", "windows")).toBe("data:text/javascript,1");
  });

  it("may be out of the reach of containers, and that is said", () => {
    expect(whyOutOfReach("\\\\wsl$\\Debian\\home", "windows")).toContain("use a folder on a drive");
    expect(whyOutOfReach("C:\\courses", "windows")).toBeUndefined();
    expect(whyOutOfReach("/run/user/1000", "wsl")).toContain("WSL distribution");
    expect(whyOutOfReach("/home/me/course", "wsl")).toBeUndefined();
    expect(whyOutOfReach("/run/user/1000", "linux")).toBeUndefined();
  });
});
