import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClxSite } from "./clx.ts";
import { until } from "./until.ts";

export interface GatedTask {
  readonly id: string;
  /** Resolves with the program's pid once it runs. */
  running(): Promise<number>;
  /** Lets it, and every attempt after it, end well. */
  release(): void;
}

let number = 0;

/** Submits a program that runs until it is released. */
export async function submitGated(site: ClxSite): Promise<GatedTask> {
  number++;
  const gate = join(site.folder, `gate-${number}`);
  const started = join(site.folder, `started-${number}`);
  const script = `echo $$ > ${started}.new; mv ${started}.new ${started}; while ! [ -e ${gate} ]; do sleep 0.02; done`;
  const id = await site.ok("submit", "command", "--", "sh", "-c", script);
  return {
    id,
    running: () => until(() => readNumber(started), { what: "the program's start" }),
    release: () => writeFileSync(gate, ""),
  };
}

function readNumber(path: string): number | undefined {
  try {
    return Number(readFileSync(path, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}
