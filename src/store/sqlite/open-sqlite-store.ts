import { accessSync, constants, existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ClxError } from "../../domain/errors.ts";
import type { TaskStore } from "../task-store.ts";
import { Bell } from "./bell.ts";
import { Connection } from "./connection.ts";
import { LogSync } from "./log-sync.ts";
import { type FileFacts, inspect, migrate, refuseStrangers } from "./migrate.ts";
import { migrations } from "./migrations.ts";
import { Patience } from "./patience.ts";
import { asStoreError, cannotOpen, readOnlyStore } from "./sqlite-errors.ts";
import { SqliteStore } from "./sqlite-store.ts";

export interface OpenSqliteStoreParams {
  readonly path: string;
  /** Left out: `wal` for a new file, else what the file has. Not `wal` on shared mounts. */
  readonly journalMode?: "wal" | "delete" | "truncate" | "persist" | "memory";
  /** `full` (the default) survives the loss of power. */
  readonly synchronous?: "full" | "normal" | "off";
  /** How long to wait for a lock that another process holds. */
  readonly busyTimeoutMs?: number;
  /** Called once, when a lock of others has kept a call waiting for seconds. */
  readonly onLongWait?: () => void;
  /** Whether to make the file when there is none; true when left out. */
  readonly create?: boolean;
  /** To look only: every write is refused. */
  readonly readOnly?: boolean;
}

/** A write-ahead log that a burst has blown up is cut back to this. */
const keptLogBytes = 67_108_864;

/** Opens a store in a SQLite file, brought up to our version first. */
export async function openSqliteStore(params: OpenSqliteStoreParams): Promise<TaskStore> {
  const path = resolve(params.path);
  const { synchronous = "full", readOnly = false } = params;
  refuseImpossible(path, { readOnly, create: (params.create ?? true) && !readOnly });
  const patience = new Patience(path, params.busyTimeoutMs ?? 60_000, params.onLongWait);
  let opened: Connection | undefined;
  try {
    const db = await patience.retry(() => new Connection({ path, readOnly }));
    opened = db;
    const journalMode = await setUp(db, patience, { ...params, path });
    const log = synchronous === "full" && journalMode === "wal" ? new LogSync(db) : undefined;
    await patience.retry(() => {
      const waits = log === undefined ? synchronous : "normal";
      db.exec(`pragma synchronous = ${waits}; pragma journal_size_limit = ${keptLogBytes}`);
    });
    const powerLossSafe = synchronous === "full" && journalMode !== "memory";
    return new SqliteStore({
      db,
      bell: new Bell(`${path}-bell`),
      patience,
      log,
      abilities: { spansMachines: false, powerLossSafe, location: path },
    });
  } catch (error) {
    opened?.close();
    throw asStoreError(error, path);
  }
}

interface Access {
  readonly readOnly: boolean;
  readonly create: boolean;
}

function refuseImpossible(path: string, { readOnly, create }: Access): void {
  if (!existsSync(dirname(path))) throw cannotOpen(path);
  if (!existsSync(path) && !create) {
    throw new ClxError(
      "store_missing",
      `there is no store at ${path}; submit a task to make it, or give another path with --db-path`,
    );
  }
  if (readOnly) return;
  try {
    accessSync(dirname(path), constants.W_OK);
    if (existsSync(path)) accessSync(path, constants.W_OK);
  } catch (cause) {
    throw readOnlyStore(path, { cause });
  }
}

/** Returns the journal mode that is in force. */
async function setUp(
  db: Connection,
  patience: Patience,
  params: OpenSqliteStoreParams,
): Promise<string> {
  const { path, readOnly = false } = params;
  const facts = await patience.retry(() => inspect(db));
  refuseStrangers(facts, path);
  if (readOnly) {
    refuseUnlessCurrent(facts, path);
    return facts.journalMode;
  }
  const wanted = params.journalMode ?? (facts.isEmpty ? "wal" : facts.journalMode);
  if (wanted !== facts.journalMode) {
    await patience.retry(() => db.exec(`pragma journal_mode = ${wanted}`));
  }
  if (facts.version < migrations.length) await patience.retry(() => migrate(db));
  return wanted;
}

function refuseUnlessCurrent({ version }: FileFacts, path: string): void {
  if (version === migrations.length) return;
  throw new ClxError(
    "store_read_only",
    `the store ${path} has version ${version} and must be brought to ${migrations.length}, which needs writing; open it once for writing`,
  );
}
