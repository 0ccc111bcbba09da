import { accessSync, constants } from "node:fs";
import { dirname, resolve } from "node:path";
import { Connection } from "./connection.ts";
import { inspect, refuseStrangers } from "./migrate.ts";
import { migrations } from "./migrations.ts";
import { Patience } from "./patience.ts";
import { asStoreError, isBusy } from "./sqlite-errors.ts";

/** What a store's file is like, as found without changing it: it is not even brought up to date. */
export interface StoreExamination {
  readonly version: number;
  /** The version that we would bring it up to. */
  readonly knownVersion: number;
  readonly journalMode: string;
  readonly pageSize: number;
  readonly pages: number;
  /** Pages that nothing is kept in. */
  readonly freePages: number;
  /** Whether a writer gets its turn within the time; `forbidden` where we may not write at all. */
  readonly writing: "possible" | "locked" | "forbidden";
  /** What is damaged; absent when that was not looked for. */
  readonly damage?: readonly string[];
}

export interface ExamineParams {
  readonly path: string;
  /** How long to wait for locks. */
  readonly withinMs: number;
  /** Whether to read all of the file to see that it is sound. */
  readonly integrity: boolean;
}

/** @throws ClxError as opening it would, `store_busy` when not even reading is possible */
export async function examineStore(params: ExamineParams): Promise<StoreExamination> {
  const path = resolve(params.path);
  const patience = new Patience(path, params.withinMs);
  const mayWrite = isWritable(path);
  let db: Connection | undefined;
  try {
    const opened = await patience.retry(() => new Connection({ path, readOnly: !mayWrite }));
    db = opened;
    const facts = await patience.retry(() => inspect(opened));
    refuseStrangers(facts, path);
    const numbers = await patience.retry(() => opened.snapshot(() => readNumbers(opened)));
    return {
      version: facts.version,
      knownVersion: migrations.length,
      journalMode: facts.journalMode,
      ...numbers,
      writing: mayWrite ? await tryToWrite(opened, patience) : "forbidden",
      ...(params.integrity && { damage: await patience.retry(() => findDamage(opened)) }),
    };
  } catch (error) {
    throw asStoreError(error, path);
  } finally {
    db?.close();
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK);
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function readNumbers(db: Connection) {
  const pragma = (name: string) => Number(Object.values(db.get<object>(`pragma ${name}`) ?? {})[0]);
  return {
    pageSize: pragma("page_size"),
    pages: pragma("page_count"),
    freePages: pragma("freelist_count"),
  };
}

async function tryToWrite(
  db: Connection,
  patience: Patience,
): Promise<StoreExamination["writing"]> {
  try {
    await patience.retry(() => {
      try {
        db.exec("begin immediate");
      } finally {
        db.rollback();
      }
    });
    return "possible";
  } catch (error) {
    if (error instanceof Error && (isBusy(error) || isBusy(error.cause))) return "locked";
    throw error;
  }
}

const mostDamage = 5;

function findDamage(db: Connection): string[] {
  const rows = db.all<object>(`pragma quick_check(${mostDamage})`);
  const lines = rows.map((row) => String(Object.values(row)[0]));
  return lines.length === 1 && lines[0] === "ok" ? [] : lines;
}
