import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { placeDatabase } from "./database-place.ts";

it("prefers the one that somebody names to the project's", () => {
  const cwd = newFolder();

  expect(placeDatabase({ cwd, named: { path: "named.db", source: "DB_PATH" } })).toEqual({
    path: join(cwd, "named.db"),
    source: "DB_PATH",
    exists: false,
  });
  expect(placeDatabase({ cwd })).toMatchObject({
    path: join(cwd, ".clx", "clx_jobs.db"),
    source: "project",
  });
});

it("finds the project's folder from any folder below it", () => {
  const project = newFolder();
  const cwd = join(project, "a", "b");
  mkdirSync(cwd, { recursive: true });
  mkdirSync(join(project, ".clx"));
  writeFileSync(join(project, ".clx", "clx_jobs.db"), "");

  expect(placeDatabase({ cwd })).toEqual({
    path: join(project, ".clx", "clx_jobs.db"),
    source: "project",
    exists: true,
  });
});

function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "clx-place-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
