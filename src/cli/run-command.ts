import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabasePlace } from "../config/database-place.ts";
import { examineConfig } from "../config/load-config.ts";
import { ConfigError } from "../config/problem.ts";
import { resolveDatabase } from "../config/worker-policy.ts";
import { ClxError } from "../domain/errors.ts";
import type { TaskStore } from "../store/task-store.ts";
import type { Command, CommandContext, Given, OptionSpecs } from "./command.ts";
import { allCommands } from "./commands.ts";
import { lockedWords, nameHolders } from "./name-holders.ts";
import type { Parsed } from "./parse-options.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

export interface RunParams {
  readonly command: Command;
  readonly common: Parsed["common"];
  readonly given: Given<OptionSpecs>;
  readonly terminal: Terminal;
}

/** Gives the command its surroundings, and closes what it opened. */
export async function runCommand({ command, common, given, terminal }: RunParams): Promise<number> {
  checkFormat(common.format);
  const cwd = process.cwd();
  const { config, problems } = await examineConfig({ cwd, flags: given.values });
  if (problems.length > 0 && !command.bearsWrongConfig) throw new ConfigError(problems);
  const database = resolveDatabase(config, cwd);
  let store: Promise<TaskStore> | undefined;
  const context: CommandContext = {
    terminal,
    config,
    cwd,
    database,
    verbose: common.verbose ?? false,
    clock: Date.now,
    allCommands,
    openStore: (purpose) => {
      store ??= openStore(database, purpose, () => tellOfLock(terminal, database.path));
      return store;
    },
  };
  try {
    return await command.run(context, given);
  } catch (error) {
    throw await nameHolders(error, database.path);
  } finally {
    const opened = await store?.catch(() => undefined);
    await opened?.close();
  }
}

function checkFormat(format: string | undefined): void {
  if (format !== undefined && format !== "json" && format !== "table") {
    throw new UsageError(`--format is "${format}", but must be table or json`);
  }
}

function tellOfLock(terminal: Terminal, path: string): void {
  lockedWords(path).then(
    (words) => terminal.hint(words),
    () => terminal.hint(`waiting for the database ${path}, which is locked`),
  );
}

async function openStore(
  place: DatabasePlace,
  purpose: "read" | "write",
  onLongWait: () => void,
): Promise<TaskStore> {
  if (!place.exists && purpose === "read") throw missing(place);
  if (place.source === "project") await mkdir(dirname(place.path), { recursive: true });
  const { openSqliteStore } = await import("../store/sqlite/open-sqlite-store.ts");
  return await openSqliteStore({ path: place.path, onLongWait });
}

function missing({ path, source }: DatabasePlace): ClxError {
  const told = source === "project" ? "" : ` (from ${source})`;
  return new ClxError(
    "store_missing",
    `there is no database at ${path}${told}; "clx submit" makes it, --db-path names another`,
  );
}
