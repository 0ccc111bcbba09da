import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { UsageError } from "../usage-error.ts";

/** The key for a server: from the file, or from `CLX_KEY`, which no child of ours shall see. */
export function takeKey(
  file: string | undefined,
  { cwd, server }: { readonly cwd: string; readonly server: string | undefined },
): string | undefined {
  const { CLX_KEY: given } = process.env;
  delete process.env.CLX_KEY;
  if (file === undefined) return given || undefined;
  if (server === undefined) throw new UsageError("--key-file is for --server");
  const path = resolve(cwd, file.replace(/^~(?=\/)/, homedir()));
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--key-file ${file} cannot be read: ${why}`);
  }
}
