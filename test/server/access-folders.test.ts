import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ApiSite } from "../support/api-site.ts";

async function openSite() {
  const site = await ApiSite.open();
  onTestFinished(() => site.close());
  const inside = join(site.folder, "allowed");
  mkdirSync(inside);
  symlinkSync("/", join(inside, "out"));
  const at = await ApiSite.open({ allowedFolders: [inside] });
  onTestFinished(() => at.close());
  return { at, inside, key: await at.key("operator") };
}

function command(fields: object): object {
  return { type: "command", payload: { argv: ["true"], ...fields } };
}

it("takes tasks that work in an allowed folder, and in none that they name", async () => {
  const { at, inside, key } = await openSite();

  const inFolder = await at.ask("POST /api/tasks", { key, body: command({ cwd: inside }) });
  const inNone = await at.ask("POST /api/tasks", { key, body: command({}) });

  expect([inFolder.status, inNone.status]).toEqual([202, 202]);
});

it("refuses tasks that work elsewhere, however they say so, and takes none of many", async () => {
  const { at, inside, key } = await openSite();
  const good = command({ cwd: inside });
  const elsewhere = [
    command({ cwd: "/" }),
    command({ cwd: `${inside}/..` }),
    command({ cwd: join(inside, "out") }),
    { type: "mine", allowUnknownType: true, payload: { cwd: inside, workingDirectory: "/" } },
    {
      type: "mine",
      allowUnknownType: true,
      payload: { cwd: "/", context: { workingDirectory: inside } },
    },
  ];

  const alone = await Promise.all(
    elsewhere.map(async (body) => await at.ask("POST /api/tasks", { key, body })),
  );
  const batch = await at.ask("POST /api/tasks/batch", {
    key,
    body: { tasks: [good, elsewhere[0]] },
  });

  expect([...alone, batch].map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
  expect(batch.body.error).toMatchObject({ code: "folder_not_allowed" });
  expect((await at.store.listTasks({ limit: 10 })).items).toEqual([]);
});

it("looks at the files that a task of ours reads and writes, too", async () => {
  const { at, inside, key } = await openSite();
  const diagram = (source: string, output: string) => ({
    type: "plantuml",
    payload: { source, output },
  });
  const good = diagram(join(inside, "a.puml"), join(inside, "img", "a.svg"));
  const bad = [
    diagram("/etc/passwd", join(inside, "a.svg")),
    diagram(join(inside, "a.puml"), join(inside, "out", "tmp", "a.svg")),
  ];

  const answers = await Promise.all(
    [good, ...bad].map(async (body) => await at.ask("POST /api/tasks", { key, body })),
  );

  expect(answers.map(({ status }) => status)).toEqual([202, 403, 403]);
});
