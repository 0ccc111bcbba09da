import type { Cell, Notebook } from "../../notebook/notebook.ts";
import { type TaskContext, TaskError } from "../../worker/handler.ts";
import { cellFault, cellNumber, lostInCell, stoppedInCell } from "./cell-fault.ts";
import { type Kernel, KernelLost, type KernelSource } from "./kernel/kernel.ts";
import type { NotebookPayload } from "./notebook-payload.ts";
import { readSiblings } from "./read-siblings.ts";
import type { ReadSource } from "./read-source.ts";

export interface ExecuteParams {
  readonly payload: NotebookPayload;
  readonly read: ReadSource;
  readonly source: KernelSource;
  readonly ctx: TaskContext;
  /** For people, when a notebook is executed more than once. */
  readonly purpose: string;
}

/**
 * Runs the cells of a notebook in a kernel of its own, in a folder with copies of its files.
 *
 * A cell that raises ends it, unless it is tagged `raises-exception`: then its error is what
 * readers shall see. Whatever happens, the kernel and all that it started are gone at the end.
 *
 * @throws TaskError `user_error` for a cell, `handler_error` when the kernel ended under it; {@link KernelLost}
 *   when it never began; the reason of `ctx.signal`
 */
export async function executeCells(notebook: Notebook, params: ExecuteParams): Promise<Notebook> {
  const { ctx, source, payload } = params;
  const { signal } = ctx;
  signal.throwIfAborted();
  ctx.progress({ message: `starting the kernel ${source.name}` });
  const kernel = await source.start(signal);
  const stop = () => void kernel.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (const { relative, path } of payload.workingFiles) {
      signal.throwIfAborted();
      await kernel.addFile(relative, path);
    }
    for (const { relative, text } of readSiblings(payload)) await kernel.addText(relative, text);
    signal.throwIfAborted();
    return { ...notebook, cells: await runAll(notebook, kernel, params) };
  } catch (error) {
    if (!(error instanceof TaskError)) signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    await kernel.close();
  }
}

async function runAll(
  notebook: Notebook,
  kernel: Kernel,
  params: ExecuteParams,
): Promise<readonly Cell[]> {
  const { ctx, purpose } = params;
  const codes = notebook.cells.filter(isRun);
  const done = new Map<Cell, Cell>();
  for (const [at, cell] of codes.entries()) {
    ctx.progress({
      fraction: at / codes.length,
      message: `${purpose}cell ${at + 1} of ${codes.length}`,
    });
    done.set(cell, await runCell(cell, kernel, params));
  }
  return notebook.cells.map((cell) => done.get(cell) ?? cell);
}

/** Nothing to run is nothing to run; Jupyter knows the tag. */
export function isRun({ kind, source, tags }: Cell): boolean {
  return kind === "code" && source.trim() !== "" && !tags.includes("skip-execution");
}

async function runCell(cell: Cell, kernel: Kernel, params: ExecuteParams): Promise<Cell> {
  const { payload, read, ctx } = params;
  const name = `cell ${cellNumber(read.notebook, cell)}`;
  const place = { path: payload.source, read, cell };
  const refuseStopped = () => {
    if (ctx.signal.aborted) throw stoppedInCell(ctx.signal.reason, place);
  };
  const run = await kernel
    .run(cell.source, { name, timeoutMs: payload.cellTimeoutMs })
    .catch((error: unknown) => {
      refuseStopped();
      if (!(error instanceof KernelLost)) throw error;
      throw lostInCell(error.message, place);
    });
  refuseStopped();
  const isMeant = run.failure?.kind === "raised" && cell.tags.includes("raises-exception");
  if (run.failure !== undefined && !isMeant) {
    throw cellFault(run.failure, place);
  }
  return {
    ...cell,
    outputs: run.outputs,
    ...(run.executionCount !== undefined && { executionCount: run.executionCount }),
  };
}
