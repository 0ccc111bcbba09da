import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { clxFolder } from "./database-place.ts";

/** It does not list itself: nobody has to commit it. Who wants other rules edits it. */
const rules = `# The database, its secrets and the logs stay on this machine.
*
!config.toml
`;

/**
 * Has git pass over a project's `.clx`, but for its configuration. Any other folder is left alone, and
 * so are rules that are there. Where it cannot be written, nothing else of ours can be, and that is told.
 */
export function keepOutOfGit(folder: string): void {
  if (basename(folder) !== clxFolder) return;
  try {
    writeFileSync(join(folder, ".gitignore"), rules, { flag: "wx" });
  } catch {}
}
