import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { factsOf, isSame, type KnownFile } from "../plan/file-hashes.ts";
import type { Inputs } from "../plan/plan.ts";

/** What a step had for its inputs when it was last done, and which files it left. */
export interface DoneStep {
  readonly inputs: Inputs;
  /** By path, as they were then. */
  readonly outputs: Readonly<Record<string, FileMark>>;
}

/** Enough to see that a file is as we left it. */
export type FileMark = Omit<KnownFile, "hash">;

interface RecordDocument {
  readonly version: 1;
  readonly steps: Readonly<Record<string, DoneStep>>;
  readonly copies: Readonly<Record<string, CopiedFile>>;
  readonly hashes: Readonly<Record<string, KnownFile>>;
}

export interface CopiedFile {
  readonly from: string;
  readonly hash: string;
  readonly mark: FileMark;
}

/**
 * What was built, for the next build: a file beside the course's cache.
 *
 * It is written anew whenever something was finished, and replaced in one step, so that a
 * build that is killed is known as far as it came. Without it everything is built again;
 * nothing else depends on it.
 */
export class BuildRecord {
  readonly #path: string;
  readonly #steps: Map<string, DoneStep>;
  readonly #copies: Map<string, CopiedFile>;
  readonly hashes: ReadonlyMap<string, KnownFile>;

  private constructor(path: string, document: RecordDocument) {
    this.#path = path;
    this.#steps = new Map(Object.entries(document.steps));
    this.#copies = new Map(Object.entries(document.copies));
    this.hashes = new Map(Object.entries(document.hashes));
  }

  static read(path: string): BuildRecord {
    return new BuildRecord(path, readDocument(path) ?? empty);
  }

  step(id: string): DoneStep | undefined {
    return this.#steps.get(id);
  }

  copy(to: string): CopiedFile | undefined {
    return this.#copies.get(to);
  }

  noteStep(id: string, inputs: Inputs, outputs: readonly string[]): void {
    const marks = outputs.map((path) => [path, markOf(path)] as const);
    this.#steps.set(id, { inputs, outputs: Object.fromEntries(marks) as DoneStep["outputs"] });
  }

  forgetStep(id: string): void {
    this.#steps.delete(id);
  }

  noteCopy(to: string, from: string, hash: string): void {
    const mark = markOf(to);
    if (mark !== undefined) this.#copies.set(to, { from, hash, mark });
  }

  save(hashes: ReadonlyMap<string, KnownFile>): void {
    const document: RecordDocument = {
      version: 1,
      steps: Object.fromEntries(this.#steps),
      copies: Object.fromEntries(this.#copies),
      hashes: Object.fromEntries(hashes),
    };
    mkdirSync(dirname(this.#path), { recursive: true });
    const draft = `${this.#path}.${process.pid}.draft`;
    writeFileSync(draft, JSON.stringify(document));
    renameSync(draft, this.#path);
  }
}

const empty: RecordDocument = { version: 1, steps: {}, copies: {}, hashes: {} };

/** One that is missing, broken or of another version is as good as none. */
function readDocument(path: string): RecordDocument | undefined {
  try {
    const document = JSON.parse(readFileSync(path, "utf8")) as RecordDocument;
    return document.version === 1 ? document : undefined;
  } catch {
    return undefined;
  }
}

export function markOf(path: string): FileMark | undefined {
  try {
    return factsOf(path);
  } catch {
    return undefined;
  }
}

export function isAsLeft(path: string, mark: FileMark | undefined): boolean {
  const now = markOf(path);
  return now !== undefined && mark !== undefined && isSame(now, mark);
}
