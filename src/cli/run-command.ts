import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Config } from "../config/config.ts";
import type { DatabasePlace } from "../config/database-place.ts";
import { keepOutOfGit } from "../config/keep-out-of-git.ts";
import { examineConfig } from "../config/load-config.ts";
import { ConfigError } from "../config/problem.ts";
import { sharesDatabase } from "../config/shared-database.ts";
import { resolveDatabase } from "../config/worker-policy.ts";
import { ClxError } from "../domain/errors.ts";
import { journalModeFor } from "../domain/host-kind.ts";
import { hostKind } from "../machine/host-kind.ts";
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
      const onLongWait = () => tellOfLock(terminal, database.path);
      store ??= openStore({ place: database, purpose, onLongWait, ...journalOf(config, purpose) });
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

interface OpenParams {
  readonly place: DatabasePlace;
  readonly purpose: "read" | "write";
  readonly onLongWait: () => void;
  readonly journalMode?: "delete";
}

/** Containers that open the database share no memory with Windows. */
function journalOf(config: Config, purpose: OpenParams["purpose"]) {
  const journalMode = journalModeFor(hostKind());
  const isTold = journalMode !== undefined && purpose === "write" && sharesDatabase(config);
  return isTold ? { journalMode } : {};
}

async function openStore({ place, purpose, ...how }: OpenParams): Promise<TaskStore> {
  if (!place.exists && purpose === "read") throw missing(place);
  const folder = dirname(place.path);
  if (place.source === "project") await mkdir(folder, { recursive: true });
  if (purpose === "write") keepOutOfGit(folder);
  const { openSqliteStore } = await import("../store/sqlite/open-sqlite-store.ts");
  return await openSqliteStore({ path: place.path, ...how });
}

function missing({ path, source }: DatabasePlace): ClxError {
  const told = source === "project" ? "" : ` (from ${source})`;
  return new ClxError(
    "store_missing",
    `there is no database at ${path}${told}; "clx submit" makes it, --db-path names another`,
  );
}
