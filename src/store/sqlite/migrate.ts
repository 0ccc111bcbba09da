import { ClxError } from "../../domain/errors.ts";
import type { Connection } from "./connection.ts";
import { applicationId, migrations } from "./migrations.ts";
import { notADatabase } from "./sqlite-errors.ts";

/** What a file says of itself. */
export interface FileFacts {
  readonly version: number;
  readonly isOurs: boolean;
  readonly isEmpty: boolean;
  readonly journalMode: string;
}

export function inspect(db: Connection): FileFacts {
  const pragma = (name: string) => Object.values(db.get<object>(`pragma ${name}`) ?? {})[0];
  const schema = db.get<{ size: number }>("select count(*) as size from sqlite_schema");
  const version = Number(pragma("user_version"));
  return {
    version,
    isOurs: pragma("application_id") === applicationId,
    isEmpty: schema?.size === 0 && version === 0,
    journalMode: String(pragma("journal_mode")),
  };
}

/** Refuses what is not ours, and what we are too old for. */
export function refuseStrangers({ version, isOurs, isEmpty }: FileFacts, path: string): void {
  if (!isOurs && !isEmpty) {
    throw notADatabase(path, "it is a SQLite database of another program");
  }
  if (version > migrations.length) {
    throw new ClxError(
      "store_too_new",
      `the store ${path} has version ${version}, and this clx knows versions up to ${migrations.length}; use the newer clx that made it, or give another path with --db-path`,
    );
  }
}

/** Brings the file up to our version in one transaction; harmless when somebody else just did. */
export function migrate(db: Connection): void {
  db.exec("begin immediate");
  try {
    const { version } = inspect(db);
    for (const migration of migrations.slice(version)) db.exec(migration);
    db.exec(`pragma application_id = ${applicationId}`);
    db.exec(`pragma user_version = ${Math.max(version, migrations.length)}`);
    db.exec("commit");
  } catch (error) {
    db.rollback();
    throw error;
  }
}
