import { rotateWhenLarge } from "../../machine/log-file.ts";

const lookEveryMs = 2_000;

/** Keeps a worker's own log file from growing for ever. Returns what ends it. */
export function keepLog(path: string | undefined): () => void {
  if (path === undefined) return () => {};
  const look = () => {
    if (rotateIfPossible(path))
      console.error(`the log was rotated; what came before is in ${path}.1`);
  };
  const timer = setInterval(look, lookEveryMs).unref();
  return () => clearInterval(timer);
}

/** A full disk must not end the worker; the log simply goes on growing until there is room. */
function rotateIfPossible(path: string): boolean {
  try {
    return rotateWhenLarge(path);
  } catch {
    return false;
  }
}
