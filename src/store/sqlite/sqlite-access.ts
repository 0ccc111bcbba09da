import type { AccessStore } from "../access-store.ts";
import { addKey, findKey, hasKeys, listKeys, revokeKey, touchKey } from "./api-keys.ts";
import type { Connection } from "./connection.ts";
import { addSignIn, findSignIn, removeOldSignIns, removeSignIn } from "./sign-ins.ts";
import type { Transaction } from "./transaction.ts";

export interface AccessPaths {
  read<T>(operation: (db: Connection) => T): Promise<T>;
  write<T>(operation: (tx: Transaction) => T): Promise<T>;
}

/** Keys and sign-ins in the file of the tasks, written and read as those are. */
export function sqliteAccess({ read, write }: AccessPaths): AccessStore {
  return {
    addKey: (params) => write((tx) => addKey(tx, params)),
    listKeys: () => read(listKeys),
    hasKeys: () => read(hasKeys),
    findKey: (hash) => read((db) => findKey(db, hash)),
    revokeKey: (params) => write((tx) => revokeKey(tx, params)),
    touchKey: (params) => write((tx) => touchKey(tx, params)),
    addSignIn: ({ signIn }) => write((tx) => addSignIn(tx, signIn)),
    findSignIn: (hash) => read((db) => findSignIn(db, hash)),
    removeSignIn: (hash) => write((tx) => removeSignIn(tx, hash)),
    removeOldSignIns: (params) => write((tx) => removeOldSignIns(tx, params)),
  };
}
