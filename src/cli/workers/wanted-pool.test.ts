import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ConfigSite } from "../../../test/support/config-site.ts";
import { reaches } from "../../domain/container.ts";
import { possiblePool } from "./wanted-pool.ts";

async function foldersWith(settings: string, cwd?: (site: ConfigSite) => string) {
  const site = new ConfigSite().write(
    "project",
    `${settings}\n[workers.command]\nexecution_mode = "docker"\nimage = "some:1"`,
  );
  const config = await site.load();
  const from = cwd?.(site) ?? site.project;
  const { folders = [] } = possiblePool({ config, type: "command", persistent: false, cwd: from });
  const may = (access: "read" | "write", path: string) => reaches(folders, [{ path, access }]);
  return { site, may };
}

it("lets containers read the project, and see nothing of its state", async () => {
  const { site, may } = await foldersWith("");

  expect(may("read", join(site.project, "slides"))).toBe(true);
  expect(may("write", join(site.project, "slides"))).toBe(false);
  expect(may("read", join(site.project, ".clx", "clx_jobs.db"))).toBe(false);
  expect(may("read", "/etc")).toBe(false);
});

it("hides the secret of tokens also where the database is beside the sources", async () => {
  const { site, may } = await foldersWith('db_path = "data/jobs.db"');

  expect(may("read", join(site.project, "data", "table.csv"))).toBe(true);
  expect(may("read", join(site.project, "data", "jobs.db-workers", "secret"))).toBe(false);
});

it("hides a state folder that the first task makes, where there was no project", async () => {
  const { site, may } = await foldersWith("", (one) => {
    const fresh = join(one.folder, "fresh");
    mkdirSync(fresh);
    return fresh;
  });

  expect(may("read", join(site.folder, "fresh", "data"))).toBe(true);
  expect(may("read", join(site.folder, "fresh", ".clx", "clx_jobs.db"))).toBe(false);
});
