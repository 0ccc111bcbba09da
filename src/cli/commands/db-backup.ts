import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { sizeOf } from "../../diagnosis/file-facts.ts";
import { ClxError } from "../../domain/errors.ts";
import { size } from "../../domain/size-words.ts";
import { type CommandContext, defineCommand } from "../command.ts";

export const dbBackup = defineCommand({
  name: "db backup",
  usage: "db backup FILE [--force]",
  summary: "copy the database while it is in use, and verify the copy",
  examples: [
    { wish: "a copy of today", line: "clx db backup backup-$(date +%F).db" },
    { wish: "look into a copy", line: "clx tasks list --db-path backup.db" },
  ],
  details:
    "The copy shows one moment, and is put in its place only once it is whole and was read without\nfinding damage. To put it back: stop everything, and move it to the place of the database, whose\nside files (-wal, -shm) must be gone. The middle of long logs is in a folder beside the copy\n(FILE-long-logs), and belongs beside the database again, under the database's name.",
  words: { atLeast: 1, atMost: 1 },
  options: { force: { type: "boolean", help: "replace FILE if there is one" } },
  async run(context, { values, words: [word = ""] }) {
    const { terminal, cwd, database } = context;
    const target = resolve(cwd, word);
    await context.openStore("read"); // Says it if there is none, and brings it up to date.
    refuseTarget(context, target, values.force ?? false);
    const { backUpStore } = await import("../../store/sqlite/back-up.ts");
    const { tasks, longLogs } = await backUpStore({
      path: database.path,
      target,
      withinMs: 60_000,
      onProgress: ({ pages, of }) =>
        terminal.status(`copying: ${Math.floor((100 * pages) / Math.max(1, of))} %`),
    });
    terminal.status(undefined);
    const bytes = sizeOf(target);
    if (terminal.json) {
      terminal.printJson({ path: target, bytes, tasks, long_logs: longLogs });
      return 0;
    }
    terminal.print(
      `${target}: ${size(bytes)}, ${tasks} ${tasks === 1 ? "task" : "tasks"}, verified`,
    );
    if (longLogs === 0) return 0;
    const whose = longLogs === 1 ? "1 long log is" : `${longLogs} long logs are`;
    terminal.print(`the middle of ${whose} in ${target}-long-logs, which belongs to it`);
    return 0;
  },
});

function refuseTarget({ database }: CommandContext, target: string, force: boolean): void {
  const own = ["", "-wal", "-shm", "-journal", "-bell", "-workers", "-long-logs"].map(
    (suffix) => database.path + suffix,
  );
  if (own.includes(target)) {
    throw new ClxError("usage", `${target} belongs to the database itself; give another name`);
  }
  if (!existsSync(dirname(target))) {
    throw new ClxError("usage", `there is no folder ${dirname(target)}; make it first`);
  }
  if (!existsSync(target) || force) return;
  throw new ClxError(
    "file_exists",
    `there is a file ${target} already; give another name, or --force to replace it`,
  );
}
