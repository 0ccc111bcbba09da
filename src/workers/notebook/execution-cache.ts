import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { CellOutput, Notebook } from "../../notebook/notebook.ts";
import { writeOutput } from "../../rendering/write-output.ts";
import { isRun } from "./execute-cells.ts";
import type { KernelSource } from "./kernel/kernel.ts";
import type { NotebookPayload } from "./notebook-payload.ts";
import { readSiblings } from "./read-siblings.ts";

interface KeptCell {
  readonly outputs: readonly CellOutput[];
  readonly executionCount?: number;
}

interface CacheDocument {
  readonly version: 1;
  readonly executions: Readonly<Record<string, readonly KeptCell[]>>;
}

/** How many executions a file keeps: in two languages those for speakers and for everybody, twice. */
const mostKept = 8;

/**
 * What the cells of a notebook gave, in a file of the caller's. It fits while the cells, the
 * files beside them and the kernel are what they were; one that is damaged counts as empty.
 */
export class ExecutionCache {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async find(key: string, notebook: Notebook): Promise<Notebook | undefined> {
    const kept = (await this.#read())[key];
    const codes = notebook.cells.filter(isRun);
    if (kept === undefined || kept.length !== codes.length) return undefined;
    return {
      ...notebook,
      cells: notebook.cells.map((cell) => {
        const at = codes.indexOf(cell);
        return at < 0 ? cell : { ...cell, ...kept[at] };
      }),
    };
  }

  async keep(key: string, executed: Notebook, attempt: string): Promise<void> {
    const { [key]: _old, ...others } = await this.#read();
    const cells = executed.cells.filter(isRun).map(
      ({ outputs = [], executionCount }): KeptCell => ({
        outputs,
        ...(executionCount !== undefined && { executionCount }),
      }),
    );
    const newest = Object.entries(others).slice(1 - mostKept);
    const document: CacheDocument = {
      version: 1,
      executions: { ...Object.fromEntries(newest), [key]: cells },
    };
    await writeOutput(this.#path, JSON.stringify(document), attempt);
  }

  async #read(): Promise<CacheDocument["executions"]> {
    try {
      const document = JSON.parse(await readFile(this.#path, "utf8")) as CacheDocument;
      return document.version === 1 ? document.executions : {};
    } catch {
      return {};
    }
  }
}

/** Of all that an execution depends on. */
export async function executionKey(
  notebook: Notebook,
  payload: NotebookPayload,
  source: KernelSource,
): Promise<string> {
  const hash = createHash("sha256");
  const add = (text: string) => hash.update(`${text.length}:${text}`);
  add(source.identity);
  for (const cell of notebook.cells.filter(isRun)) {
    add(cell.source);
    add(String(cell.tags.includes("raises-exception")));
  }
  for (const { relative, path } of payload.workingFiles.toSorted(byRelative)) {
    add(relative);
    add(await hashOfFile(path));
  }
  for (const { relative, text, isInput } of readSiblings(payload).toSorted(byRelative)) {
    if (isInput) add(`${relative}\n${text}`);
  }
  return hash.digest("hex");
}

function byRelative(a: { readonly relative: string }, b: { readonly relative: string }): number {
  return a.relative < b.relative ? -1 : 1;
}

/** Data files may be large: they are not held whole. */
async function hashOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
