import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { placeDatabase } from "./database-place.ts";

const setting = { name: "DB_PATH", value: "env.db" };

it("prefers the command line to the environment, and that to the project", () => {
  const cwd = newFolder();

  expect(placeDatabase({ cwd, flag: "flag.db", setting })).toEqual({
    path: join(cwd, "flag.db"),
    source: "--db-path",
    exists: false,
  });
  expect(placeDatabase({ cwd, setting })).toMatchObject({
    path: join(cwd, "env.db"),
    source: "DB_PATH",
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
