import { readFile } from "node:fs/promises";
import { defineWorker, TaskError } from "clx";

interface WordCountPayload {
  readonly path: string;
}

/** A worker type of our own: it counts the words of a text file. */
export default defineWorker<WordCountPayload>({
  type: "word-count",
  async handle({ payload }, ctx) {
    const text = await readFile(payload.path, "utf8").catch((error: Error) => {
      // The user's own fault: it is final, and the task says so. Anything else that is thrown
      // counts as the tool's fault, and is tried again.
      throw new TaskError("user_error", `cannot read ${payload.path}: ${error.message}`);
    });
    const lines = text.split("\n");
    let words = 0;
    for (const [at, line] of lines.entries()) {
      ctx.signal.throwIfAborted();
      words += line.split(/\s+/).filter(Boolean).length;
      ctx.progress({ fraction: (at + 1) / lines.length });
    }
    ctx.log(`${payload.path} has ${words} words`);
    return { words };
  },
});
