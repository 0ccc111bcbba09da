import { bytes } from "./bytes.ts";
import { type Check, judged } from "./check.ts";
import type { FileSystemFacts } from "./file-facts.ts";

const { ok, warning, problem } = judged("disk");
const gib = 1024 ** 3;

/** Below this, the next large task may fail; below the other, anything may. */
const little = gib;
const nothing = gib / 10;

export function checkDisk(what: string, folder: string, { free, total }: FileSystemFacts): Check {
  const name = `disk_${what}`;
  const words = `${bytes(free)} of ${bytes(total)} are free where ${folder} is.`;
  const fix = `Make room there; "clx prune" removes old tasks, "clx db vacuum" gives their space back.`;
  if (free < nothing) return problem({ name, message: `The disk is full: ${words}`, fix });
  if (free < little) return warning({ name, message: `The disk is nearly full: ${words}`, fix });
  return ok(name, words);
}
