import { ClxError } from "../../domain/errors.ts";
import { type DatabaseWatch, watchDatabase } from "../../lifecycle/services/watch-database.ts";
import { identifyDatabase, isInPlace } from "../../machine/database-identity.ts";

export interface LossWatch extends DatabaseWatch {
  readonly signal: AbortSignal;
}

/** Aborted, with the error that says so, when the database has been deleted or replaced. */
export function watchForLoss(path: string): LossWatch {
  const lost = new AbortController();
  const database = identifyDatabase(path);
  if (database === undefined) return { signal: lost.signal, look: () => {}, close: () => {} };
  const onGone = () => lost.abort(lostDatabase(path));
  return { signal: lost.signal, ...watchDatabase(database, { onGone }) };
}

/** For whoever only looks: what has become of the file, whenever it is asked. */
export function lossOf(path: string): () => string | undefined {
  const database = identifyDatabase(path);
  return () => {
    if (database === undefined) return undefined;
    try {
      if (isInPlace(database)) return undefined;
      return identifyDatabase(path) === undefined
        ? "its file is gone; put it back, or leave"
        : "another file is in its place; start anew";
    } catch {
      return undefined; // What cannot be looked at for now is not gone.
    }
  };
}

function lostDatabase(path: string): ClxError {
  return new ClxError(
    "store_missing",
    `the database ${path} has been deleted, moved or replaced while its workers ran, so they were ended; put it back and start them again`,
  );
}
