import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export const sdkPackage = "@anthropic-ai/claude-agent-sdk";

/** The part of the SDK that we use. It is no dependency of ours: over 400 MB. */
export interface ClaudeSdk {
  query(params: { readonly prompt: AsyncIterable<object>; readonly options: object }): ClaudeQuery;
}

export interface ClaudeQuery extends AsyncIterable<unknown> {
  /** Ends the answer under way; a result follows. */
  interrupt(): Promise<unknown>;
  close(): void;
}

export type LoadedSdk =
  | { readonly kind: "loaded"; readonly sdk: ClaudeSdk }
  | { readonly kind: "missing"; readonly message: string };

/** From the folder that is configured, else from where clx is installed or was started. */
export async function loadSdk(folder: string | undefined): Promise<LoadedSdk> {
  const path = findSdk(folder);
  if (path === undefined) return { kind: "missing", message: howToInstall(folder) };
  try {
    return { kind: "loaded", sdk: (await import(pathToFileURL(path).href)) as ClaudeSdk };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "missing", message: `${path} cannot be loaded: ${why}; install it anew` };
  }
}

/** What is missing for the SDK to be used; `undefined` when it is there. Nothing is loaded. */
export function lackOfSdk(folder: string | undefined): string | undefined {
  return findSdk(folder) === undefined ? howToInstall(folder) : undefined;
}

function findSdk(folder: string | undefined): string | undefined {
  const starts = folder === undefined ? ownFolders() : [join(folder, "package.json")];
  return starts.map(findFrom).find((found) => found !== undefined);
}

function ownFolders(): readonly string[] {
  return [import.meta.url, join(process.cwd(), "package.json")];
}

function findFrom(start: string): string | undefined {
  try {
    return createRequire(start).resolve(sdkPackage);
  } catch {
    return undefined;
  }
}

function howToInstall(folder: string | undefined): string {
  const where = folder ?? process.cwd();
  const other = folder === undefined ? ", or name its folder as agents.NAME.sdk_folder" : "";
  return `the package ${sdkPackage} is not in ${join(where, "node_modules")}; run "npm install ${sdkPackage}" in ${where}${other}`;
}
