import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ClxSite } from "./clx.ts";

/** A folder of a site on a disk of 3 MB; `undefined` where we may not mount. */
export function mountSmallDisk(site: ClxSite, folder = ".clx") {
  const mounted = join(site.folder, folder);
  mkdirSync(mounted);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", mounted], { stdio: "pipe" });
  } catch {
    return undefined;
  }
  onTestFinished(() => {
    execFileSync("umount", ["-l", mounted]);
  });
  const ballast = join(mounted, "ballast");
  return {
    fill() {
      for (let size = 4 * 1024 * 1024; size >= 512; size /= 2) append(ballast, size);
    },
    free: () => rmSync(ballast),
    /** Nothing can be written to it any more. */
    close: () => execFileSync("mount", ["-o", "remount,ro", mounted]),
  };
}

function append(path: string, size: number): void {
  try {
    writeFileSync(path, Buffer.alloc(size), { flag: "a" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
