import { type DatabaseIdentity, isInPlace } from "./database-identity.ts";

const lookMs = 2_000;

export interface DatabaseWatch {
  close(): void;
}

/** Calls back, once, when the file at the path is not that file any more. */
export function watchDatabase(
  database: DatabaseIdentity,
  { onGone, everyMs = lookMs }: { readonly onGone: () => void; readonly everyMs?: number },
): DatabaseWatch {
  const timer = setInterval(() => {
    if (isThere(database)) return;
    clearInterval(timer);
    onGone();
  }, everyMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

/** One that cannot be looked at for now is not taken for gone. */
function isThere(database: DatabaseIdentity): boolean {
  try {
    return isInPlace(database);
  } catch {
    return true;
  }
}
