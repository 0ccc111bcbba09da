import { type DatabaseIdentity, isThere } from "../../machine/database-identity.ts";

const lookMs = 2_000;

export interface DatabaseWatch {
  /** Not only now and then: at once. */
  look(): void;
  close(): void;
}

/** Calls back, once, when the file at the path is not that file any more. */
export function watchDatabase(
  database: DatabaseIdentity,
  { onGone, everyMs = lookMs }: { readonly onGone: () => void; readonly everyMs?: number },
): DatabaseWatch {
  let isTold = false;
  const look = () => {
    if (isTold || isThere(database)) return;
    isTold = true;
    clearInterval(timer);
    onGone();
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return { look, close: () => clearInterval(timer) };
}
