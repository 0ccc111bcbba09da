import { dirname } from "node:path";
import { fileSystemOf, sizeOf } from "../../diagnosis/file-facts.ts";
import { ClxError } from "../../domain/errors.ts";
import { size } from "../../domain/size-words.ts";
import { type CommandContext, defineCommand } from "../command.ts";

export const dbVacuum = defineCommand({
  name: "db vacuum",
  usage: "db vacuum",
  summary: "give the space of what was removed back to the disk",
  examples: [
    {
      wish: "remove old tasks, then shrink the file",
      line: "clx db prune --tasks-older 7d && clx db vacuum",
    },
  ],
  details:
    "It rewrites the file, which needs as much free disk space as the file is large, and empties the log\nbeside it. Workers may go on: their writes wait until it is done, a second or two per GiB.",
  options: {},
  async run(context) {
    const { terminal, database } = context;
    await context.openStore("read"); // Says it if there is none, and brings it up to date.
    refuseWithoutRoom(context);
    const before = sizeWithLog(database.path);
    terminal.hint(`rewriting ${size(before)}…`);
    const { vacuumStore } = await import("../../store/sqlite/vacuum.ts");
    await vacuumStore({ path: database.path, withinMs: 60_000 });
    const after = sizeWithLog(database.path);
    if (terminal.json) terminal.printJson({ bytes_before: before, bytes_after: after });
    else terminal.print(`${size(before)} before, ${size(after)} now`);
    return 0;
  },
});

function sizeWithLog(path: string): number {
  return sizeOf(path) + sizeOf(`${path}-wal`);
}

function refuseWithoutRoom({ database }: CommandContext): void {
  const { free } = fileSystemOf(dirname(database.path));
  const needed = 2 * sizeOf(database.path);
  if (free > needed) return;
  throw new ClxError(
    "store_full",
    `rewriting ${database.path} may need ${size(needed)} of disk space, and ${size(free)} are free; make room first`,
  );
}
