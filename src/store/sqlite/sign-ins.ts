import type { AccessStore, ApiKey, SignIn } from "../access-store.ts";
import { findKeyInForce } from "./api-keys.ts";
import type { Connection } from "./connection.ts";
import type { Transaction } from "./transaction.ts";

interface SignInRow {
  readonly hash: string;
  readonly key_id: string;
  readonly created_at: number;
  readonly expires_at: number;
}

const insertSql = `
  insert into sign_ins (hash, key_id, created_at, expires_at) values (?, ?, ?, ?)
  on conflict do nothing`;

export function addSignIn(tx: Transaction, signIn: SignIn): void {
  tx.db.run(insertSql, signIn.hash, signIn.keyId, signIn.createdAt, signIn.expiresAt);
}

export function findSignIn(
  db: Connection,
  hash: string,
): { readonly signIn: SignIn; readonly key: ApiKey } | undefined {
  const row = db.get<SignInRow>("select * from sign_ins where hash = ?", hash);
  const key = row && findKeyInForce(db, row.key_id);
  return key && { signIn: signInOf(row), key };
}

export function removeSignIn(tx: Transaction, hash: string): void {
  tx.db.run("delete from sign_ins where hash = ?", hash);
}

export function removeOldSignIns(
  tx: Transaction,
  { expiredBefore }: Parameters<AccessStore["removeOldSignIns"]>[0],
): number {
  return tx.db.run("delete from sign_ins where expires_at < ?", expiredBefore);
}

function signInOf(row: SignInRow): SignIn {
  return {
    hash: row.hash,
    keyId: row.key_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
