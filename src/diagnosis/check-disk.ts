import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { bytes } from "./bytes.ts";
import { type Check, judged } from "./check.ts";
import { type FileSystemFacts, fileSystemOf } from "./file-facts.ts";

const { ok, warning, problem } = judged("disk");
const gib = 1024 ** 3;

/** Below this, the next large task may fail; below the other, anything may. */
const little = gib;
const nothing = gib / 10;

export interface DisksParams {
  readonly databasePath: string;
  readonly logFolder: string;
}

/** Each disk that we write to, once. */
export function checkDisks({ databasePath, logFolder }: DisksParams): Check[] {
  const places = [
    { what: "database", folder: existing(dirname(databasePath)) },
    { what: "logs", folder: existing(logFolder) },
    { what: "temporary", folder: tmpdir() },
  ];
  const seen = new Set<string>();
  return places.flatMap(({ what, folder }) => {
    const facts = fileSystemOf(folder);
    const key = `${facts.total}:${facts.free}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [checkDisk(what, folder, facts)];
  });
}

/** The folder, or the nearest above it that is there. */
function existing(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : existing(dirname(folder));
}

export function checkDisk(what: string, folder: string, { free, total }: FileSystemFacts): Check {
  const name = `disk_${what}`;
  const words = `${bytes(free)} of ${bytes(total)} are free where ${folder} is.`;
  const fix = `Make room there; "clx prune" removes old tasks, "clx db vacuum" gives their space back.`;
  if (free < nothing)
    return problem({ name, message: `The disk is full, or all but: ${words}`, fix });
  if (free < little) return warning({ name, message: `The disk is nearly full: ${words}`, fix });
  return ok(name, words);
}
