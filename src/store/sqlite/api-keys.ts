import { ClxError } from "../../domain/errors.ts";
import type { Role } from "../../domain/role.ts";
import type { AccessStore, ApiKey } from "../access-store.ts";
import type { Connection } from "./connection.ts";
import type { Transaction } from "./transaction.ts";

type Params<Method extends keyof AccessStore> = Parameters<AccessStore[Method]>[0];

interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly hint: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
}

const insertSql =
  "insert into api_keys (id, name, role, hash, hint, created_at) values (?, ?, ?, ?, ?, ?)";

export function addKey(tx: Transaction, { key, now }: Params<"addKey">): ApiKey {
  const known = findById(tx.db, key.id);
  if (known !== undefined) return known;
  const namesake = tx.db.get(
    "select 1 from api_keys where name = ? and revoked_at is null",
    key.name,
  );
  if (namesake !== undefined) {
    throw new ClxError(
      "key_conflict",
      `a key named ${key.name} is in force already; revoke that one first, or choose another name`,
    );
  }
  tx.db.run(insertSql, key.id, key.name, key.role, key.hash, key.hint, now);
  tx.changed();
  return getById(tx.db, key.id);
}

export function listKeys(db: Connection): ApiKey[] {
  return db.all<KeyRow>("select * from api_keys order by seq").map(keyOf);
}

export function hasKeys(db: Connection): boolean {
  return db.get("select 1 from api_keys where revoked_at is null limit 1") !== undefined;
}

export function findKey(db: Connection, hash: string): ApiKey | undefined {
  const sql = "select * from api_keys where hash = ? and revoked_at is null";
  const row = db.get<KeyRow>(sql, hash);
  return row && keyOf(row);
}

/** The key with that id, while it is in force. */
export function findKeyInForce(db: Connection, id: string): ApiKey | undefined {
  const key = findById(db, id);
  return key?.revokedAt === undefined ? key : undefined;
}

export function revokeKey(tx: Transaction, { id, now }: Params<"revokeKey">): ApiKey {
  if (getById(tx.db, id).revokedAt === undefined) {
    tx.db.run("update api_keys set revoked_at = ? where id = ?", now, id);
    tx.db.run("delete from sign_ins where key_id = ?", id);
    tx.changed();
  }
  return getById(tx.db, id);
}

export function touchKey(tx: Transaction, { id, now }: Params<"touchKey">): void {
  tx.db.run("update api_keys set last_used_at = ? where id = ?", now, id);
}

function findById(db: Connection, id: string): ApiKey | undefined {
  const row = db.get<KeyRow>("select * from api_keys where id = ?", id);
  return row && keyOf(row);
}

function getById(db: Connection, id: string): ApiKey {
  const key = findById(db, id);
  if (key !== undefined) return key;
  throw new ClxError("key_not_found", `no key has the id ${id}; "clx keys list" shows them`);
}

function keyOf(row: KeyRow): ApiKey {
  const { id, name, role, hint } = row;
  return {
    id,
    name,
    role,
    hint,
    createdAt: row.created_at,
    ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }),
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
  };
}
