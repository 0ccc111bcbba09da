import { DatabaseSync } from "node:sqlite";

/**
 * A connection to a store's file beside those of its owners, such as a stranger's. It waits for
 * its turn: a process that was just killed may hold the lock for a moment longer.
 */
export function openBeside(path: string, wish: { readonly readOnly?: boolean } = {}): DatabaseSync {
  return new DatabaseSync(path, { timeout: 20_000, ...wish });
}
