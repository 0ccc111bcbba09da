import { ClxError } from "../domain/errors.ts";

/** Tells of a database that stayed locked who keeps it so, as far as that can be seen. */
export async function nameHolders<T>(error: T, path: string): Promise<T | ClxError> {
  if (!(error instanceof ClxError) || error.code !== "store_busy") return error;
  const { holdersOfDatabase, holderWords } = await import("../diagnosis/database-holders.ts");
  const guilty = holdersOfDatabase(path).filter(({ keepsOthersOut }) => keepsOthersOut);
  if (guilty.length === 0) return error;
  const who = guilty.map(holderWords).join(", ");
  return new ClxError("store_busy", `${error.message}; it is held by ${who}`, { cause: error });
}
