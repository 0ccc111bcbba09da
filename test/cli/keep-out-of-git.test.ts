import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ClxSite } from "../support/clx.ts";
import { CourseBuildSite, courseFiles } from "../support/course-build.ts";

describe("git in a project", () => {
  it("adds nothing of a database, but the configuration", async () => {
    const site = repository();

    await site.ok("submit", "command", "--", "true");
    const withDatabase = addAll(site);
    await site.ok("config", "init");

    expect(withDatabase).toEqual(["notes.txt"]);
    expect(addAll(site)).toEqual([".clx/config.toml", "notes.txt"]);
  });

  it("adds nothing of what builds keep, wherever the database is", async () => {
    const site = repository(courseFiles(""));

    await site.ok("build", "course.yaml", "--db-path", "elsewhere.db");
    const added = addAll(site);

    expect(existsSync(join(site.folder, ".clx", "build"))).toBe(true);
    expect(added.filter((path) => path.includes(".clx"))).toEqual([]);
  });

  it("adds nothing of a database in a folder that somebody made by hand", async () => {
    const site = repository({ ".clx/config.toml": "[workers]\n" });

    await site.ok("submit", "command", "--", "true");

    expect(addAll(site)).toEqual([".clx/config.toml", "notes.txt"]);
  });

  it("keeps the rules that are there", async () => {
    const site = repository({ ".clx/.gitignore": "*.db-wal\n" });

    await site.ok("submit", "command", "--", "true");

    expect(readFileSync(join(site.folder, ".clx", ".gitignore"), "utf8")).toBe("*.db-wal\n");
  });

  it("gets no rules in a folder that is no project's", async () => {
    const site = repository();

    await site.ok("submit", "command", "--db-path", "tasks.db", "--", "true");

    expect(addAll(site)).toEqual(expect.arrayContaining(["notes.txt", "tasks.db"]));
    expect(addAll(site)).not.toContain(".gitignore");
  });
});

/** With a file of its own. */
function repository(files: Readonly<Record<string, string>> = {}): ClxSite {
  const site = new CourseBuildSite({ "notes.txt": "mine\n", ...files });
  git(site, "init", "-q");
  return site;
}

function addAll(site: ClxSite): readonly string[] {
  git(site, "add", "-A");
  return git(site, "ls-files").trim().split("\n");
}

function git({ folder }: ClxSite, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" });
}
