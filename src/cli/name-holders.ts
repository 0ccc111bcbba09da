import { ClxError } from "../domain/errors.ts";

/** Tells of a database that stayed locked who keeps it so, as far as that can be seen. */
export async function nameHolders<T>(error: T, path: string): Promise<T | ClxError> {
  if (!(error instanceof ClxError) || error.code !== "store_busy") return error;
  const who = await holdersOfLock(path);
  if (who === "") return error;
  return new ClxError("store_busy", `${error.message}; it is held by ${who}`, { cause: error });
}

/** What is said while a command waits: `waiting for the database …, which process 12 (…) holds locked` */
export async function lockedWords(path: string): Promise<string> {
  const who = await holdersOfLock(path);
  return `waiting for the database ${path}, which ${who || "another process"} holds locked`;
}

async function holdersOfLock(path: string): Promise<string> {
  const { holdersOfDatabase, holderWords } = await import("../diagnosis/database-holders.ts");
  const guilty = holdersOfDatabase(path).filter(({ keepsOthersOut }) => keepsOthersOut);
  return guilty.map(holderWords).join(", ");
}
