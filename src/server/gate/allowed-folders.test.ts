import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { allowedFolder, isWithin } from "./allowed-folders.ts";
import type { Caller } from "./caller.ts";

const withKey: Caller = { kind: "key", name: "anna", role: "operator", keyId: "k" };
const local: Caller = { kind: "local", name: "local", role: "admin" };

function site() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "clx-folders-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["allowed/inner", "allowed-too", "secret"]) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  symlinkSync(join(folder, "secret"), join(folder, "allowed", "link"));
  symlinkSync(join(folder, "allowed", "inner"), join(folder, "way-in"));
  symlinkSync(join(folder, "nothing"), join(folder, "allowed", "dangling"));
  symlinkSync(join(folder, "allowed"), join(folder, "alias"));
  return folder;
}

async function ask(folder: string, allowed: readonly string[], caller = withKey): Promise<string> {
  return await allowedFolder({ folder, allowedFolders: allowed, caller });
}

it.each([
  ["allowed", "allowed"],
  ["allowed/inner", "allowed/inner"],
  ["allowed/inner/", "allowed/inner"],
  ["allowed/not/yet", "allowed/not/yet"],
  ["secret/../allowed/inner", "allowed/inner"],
  ["way-in", "allowed/inner"],
])("allows %s", async (wanted, real) => {
  const root = site();

  expect(await ask(`${root}/${wanted}`, [join(root, "allowed")])).toBe(join(root, real));
});

it.each([
  "secret",
  "allowed-too",
  "allowed/..",
  "allowed/../secret",
  "allowed/link",
  "allowed/link/deeper",
  "allowed/dangling",
  "allowed/dangling/deeper",
  "",
])("refuses %s", async (wanted) => {
  const root = site();

  const asked = ask(`${root}/${wanted}`, [join(root, "allowed")]);

  await expect(asked).rejects.toMatchObject({ code: "folder_not_allowed" });
});

it.each(["allowed", "./allowed", "", "/tmp\u0000/x", "~"])(
  "refuses what is no whole path: %j",
  async (wanted) => {
    await expect(ask(wanted, ["/"])).rejects.toMatchObject({ code: "folder_not_allowed" });
  },
);

it("follows the links of the list, too", async () => {
  const root = site();

  expect(await ask(join(root, "allowed", "inner"), [join(root, "alias")])).toBe(
    join(root, "allowed", "inner"),
  );
});

it("without a list allows any folder to this machine, and none to others", async () => {
  const root = site();

  expect(await ask(join(root, "secret"), [], local)).toBe(join(root, "secret"));
  await expect(ask(join(root, "secret"), [])).rejects.toThrow(/allowed_folders/);
});

it("holds this machine to a list as well", async () => {
  const root = site();

  const asked = ask(join(root, "secret"), [join(root, "allowed")], local);

  await expect(asked).rejects.toMatchObject({ code: "folder_not_allowed" });
});

it("takes the root for what has everything in it", () => {
  expect(isWithin("/anything", "/")).toBe(true);
  expect(isWithin("/a/bc", "/a/b")).toBe(false);
});
