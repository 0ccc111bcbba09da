import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { factsOf, isSame, type KnownFile } from "../plan/file-hashes.ts";
import type { Inputs } from "../plan/plan.ts";

/** What a step had for its inputs when it was last done, and which files it left. */
export interface DoneStep {
  readonly inputs: Inputs;
  /** By path, as they were then. */
  readonly outputs: Readonly<Record<string, FileMark>>;
  /** What it warned of; told again while it is up to date. */
  readonly warnings: readonly string[];
}

/** Enough to see that a file is as we left it. */
export type FileMark = Omit<KnownFile, "hash">;

export interface CopiedFile {
  readonly from: string;
  readonly hash: string;
  readonly mark: FileMark;
}

type Entry =
  | { readonly kind: "step"; readonly id: string; readonly done: DoneStep | null }
  | { readonly kind: "copy"; readonly to: string; readonly copied: CopiedFile }
  | { readonly kind: "file"; readonly path: string; readonly known: KnownFile };

/** What is said first in the file; one that begins otherwise is none. */
const opening = '{"clx":"build record","version":2}';
/** It is written anew when so many of its lines are outdated. */
const mostOutdated = 2_000;

/**
 * What was built, for the next build: a file beside the course's cache.
 *
 * Theory of operation
 *
 * Each line says one thing, as JSON: a step is done, a file is copied, a file has this hash. Later
 * lines win. What is finished is appended at once, in one write, so that a build that is killed is
 * known as far as it came, and two builds of one course may write side by side. Each write
 * begins with the end of a line: what a killed one has left of its last is passed over.
 *
 * Now and then the outdated lines are dropped: a new file takes the old one's place in one step.
 * What another build appends in that very moment is lost, and then built once more.
 *
 * Without the record everything is built again; nothing else depends on it.
 */
export class BuildRecord {
  readonly #path: string;
  readonly #steps = new Map<string, DoneStep>();
  readonly #copies = new Map<string, CopiedFile>();
  readonly #files = new Map<string, KnownFile>();
  #isThere = false;
  #lines = 0;

  private constructor(path: string) {
    this.#path = path;
  }

  static read(path: string): BuildRecord {
    const record = new BuildRecord(path);
    record.#load();
    return record;
  }

  get hashes(): ReadonlyMap<string, KnownFile> {
    return this.#files;
  }

  step(id: string): DoneStep | undefined {
    return this.#steps.get(id);
  }

  /** The files that the step left, if these were its inputs. */
  leftBy(id: string, inputs: Inputs): readonly string[] | undefined {
    const done = this.#steps.get(id);
    if (done === undefined || !isSameInputs(done.inputs, inputs)) return undefined;
    return Object.keys(done.outputs);
  }

  copy(to: string): CopiedFile | undefined {
    return this.#copies.get(to);
  }

  /** All files that were made or copied, with what they were then. */
  outputs(): readonly (readonly [string, FileMark])[] {
    const made = [...this.#steps.values()].flatMap(({ outputs }) => Object.entries(outputs));
    return [...made, ...[...this.#copies].map(([to, { mark }]) => [to, mark] as const)];
  }

  /**
   * Other outputs of the step are as good as before when its inputs are what they were. One that
   * did not leave all its files is not done.
   */
  noteStep(id: string, { inputs, outputs, warnings = [] }: FinishedStep): void {
    const before = this.#steps.get(id);
    const others =
      before !== undefined && isSameInputs(before.inputs, inputs) ? before.outputs : {};
    const marks = outputs.flatMap((path): [string, FileMark][] => {
      const mark = markOf(path);
      return mark === undefined ? [] : [[path, mark]];
    });
    if (marks.length < outputs.length) {
      this.forgetStep(id);
      return;
    }
    const done = { inputs, outputs: { ...others, ...Object.fromEntries(marks) }, warnings };
    this.#append([{ kind: "step", id, done }]);
  }

  forgetStep(id: string): void {
    if (this.#steps.has(id)) this.#append([{ kind: "step", id, done: null }]);
  }

  noteCopies(made: readonly MadeCopy[]): void {
    const entries = made.flatMap(({ to, from, hash }): Entry[] => {
      const mark = markOf(to);
      return mark === undefined ? [] : [{ kind: "copy", to, copied: { from, hash, mark } }];
    });
    this.#append(entries);
  }

  noteHashes(hashes: ReadonlyMap<string, KnownFile>): void {
    const news = [...hashes].filter(([path, known]) => {
      const old = this.#files.get(path);
      return old === undefined || !isSame(old, known) || old.hash !== known.hash;
    });
    this.#append(news.map(([path, known]) => ({ kind: "file", path, known })));
  }

  /** Drops what is outdated, when it is much. */
  tidy(): void {
    const live = this.#steps.size + this.#copies.size + this.#files.size;
    if (this.#lines - live < mostOutdated) return;
    const entries = this.#liveEntries();
    const draft = `${this.#path}.${process.pid}.draft`;
    writeFileSync(
      draft,
      `${[opening, ...entries.map((entry) => JSON.stringify(entry))].join("\n")}\n`,
    );
    renameSync(draft, this.#path);
    this.#lines = entries.length;
  }

  #liveEntries(): readonly Entry[] {
    const copies = [...this.#copies].filter(([to]) => existsSync(to));
    const files = [...this.#files].filter(([path]) => existsSync(path));
    return [
      ...[...this.#steps].map(([id, done]): Entry => ({ kind: "step", id, done })),
      ...copies.map(([to, copied]): Entry => ({ kind: "copy", to, copied })),
      ...files.map(([path, known]): Entry => ({ kind: "file", path, known })),
    ];
  }

  #append(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    for (const entry of entries) this.#take(entry);
    const lines = entries.map((entry) => JSON.stringify(entry)).join("\n");
    if (this.#isThere) {
      appendFileSync(this.#path, `\n${lines}\n`);
      return;
    }
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(this.#path, `${opening}\n${lines}\n`);
    this.#isThere = true;
  }

  #load(): void {
    const lines = readLines(this.#path);
    if (lines?.[0] !== opening) return;
    this.#isThere = true;
    for (const line of lines.slice(1)) {
      if (line === "") continue;
      const entry = parseEntry(line);
      if (entry !== undefined) this.#take(entry);
    }
  }

  #take(entry: Entry): void {
    this.#lines += 1;
    if (entry.kind === "copy") this.#copies.set(entry.to, entry.copied);
    else if (entry.kind === "file") this.#files.set(entry.path, entry.known);
    else if (entry.done === null) this.#steps.delete(entry.id);
    else this.#steps.set(entry.id, entry.done);
  }
}

export interface FinishedStep {
  readonly inputs: Inputs;
  readonly outputs: readonly string[];
  readonly warnings?: readonly string[];
}

export interface MadeCopy {
  readonly from: string;
  readonly to: string;
  /** Of what was copied. */
  readonly hash: string;
}

function readLines(path: string): readonly string[] | undefined {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return undefined;
  }
}

function parseEntry(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}

function isSameInputs(a: Inputs, b: Inputs): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
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
