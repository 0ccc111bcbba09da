import { defineWorker } from "../../worker/handler.ts";
import { removeLeftFolders } from "./kernel/kernel-folder.ts";
import { Kernels } from "./kernel/open-kernels.ts";
import { type NotebookPayload, notebookSchema } from "./notebook-payload.ts";
import { Publishing } from "./publish.ts";

let kernels: Kernels | undefined;

/**
 * The worker type `notebook`: publishes a notebook in one language, for all readers and in all
 * formats that are asked for.
 *
 * Theory of operation
 *
 * A task names one source and its outputs. What each kind of reader gets is selected from the
 * source; pages are made from an execution, other formats from the text alone. Nothing is
 * written before everything is made: a mistake leaves all outputs as they were, and a file that
 * has its bytes already is not touched.
 *
 * Execution. Each notebook gets a fresh kernel: a process of its own with a folder of its own, in
 * which copies of its working files are, or Python in a thread of ours where no kernel is
 * installed. The next kernel is started while this one works. A cell that raises, or that takes
 * longer than a cell may, is the author's to mend and final; a kernel that dies is tried again
 * with the task. When the attempt is stopped, the kernel and all that it started are killed at
 * once. What a killed worker leaves in temporary folders, the next one removes.
 *
 * Privacy. Public kinds are made from cells that their readers may see, and from nothing else:
 * code that is a speaker's alone is not even executed for them.
 */
export default defineWorker<NotebookPayload>({
  type: "notebook",
  schema: notebookSchema,
  async open() {
    await removeLeftFolders();
    kernels = new Kernels();
  },
  async handle(task, ctx) {
    if (kernels === undefined) throw new Error("the worker was not opened");
    return await new Publishing(task, ctx, kernels).run();
  },
  async close() {
    await kernels?.close();
    kernels = undefined;
  },
});
