import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./until.ts";

let number = 0;

/** A program that runs until it is released; to be started as `sh -c SCRIPT`. */
export class GatedProgram {
  readonly argv: readonly string[];
  readonly #gate: string;
  readonly #started: string;

  /** With `isStubborn` it takes no notice of SIGTERM. */
  constructor(folder: string, { isStubborn = false }: { readonly isStubborn?: boolean } = {}) {
    const name = `program-${process.pid}-${++number}`;
    this.#gate = join(folder, `${name}.gate`);
    this.#started = join(folder, `${name}.started`);
    const ignore = isStubborn ? "trap '' TERM; " : "";
    const script = `${ignore}echo $$ > ${this.#started}.new; mv ${this.#started}.new ${this.#started}; echo running; while ! [ -e ${this.#gate} ]; do sleep 0.02; done; echo released`;
    this.argv = ["sh", "-c", script];
  }

  get hasStarted(): boolean {
    return existsSync(this.#started);
  }

  /** Resolves with its pid once it runs. */
  running(): Promise<number> {
    return until(() => readNumber(this.#started), { what: "the program's start" });
  }

  release(): void {
    writeFileSync(this.#gate, "");
  }
}

function readNumber(path: string): number | undefined {
  try {
    return Number(readFileSync(path, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}
