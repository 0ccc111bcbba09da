import { basename, extname } from "node:path";
import type { JsonValue } from "../../domain/json.ts";
import { Fonts } from "../../rendering/fonts.ts";
import { type Picture, warningsOf } from "../../rendering/picture.ts";
import { writeOutput } from "../../rendering/write-output.ts";
import { defineWorker, type TaskContext, type TaskInHand } from "../../worker/handler.ts";
import { choosePages, type Wanted } from "./choose-pages.ts";
import type { Drawer } from "./drawer.ts";
import { DrawioEngine } from "./drawio-engine.ts";
import { type DrawioPayload, drawioSchema } from "./drawio-payload.ts";
import { DrawioProgram } from "./drawio-program.ts";
import { findExecutable } from "./find-executable.ts";
import { readPages } from "./read-pages.ts";

const otherTool = "draw.io's own program (set DRAWIO_EXECUTABLE)";

let drawer: Drawer | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * The worker type `drawio`: draws the pages of a file, each to a file of its own.
 *
 * All of them are drawn before any is written. A file that cannot be drawn fails the task with
 * what is wrong with it. The engine is read, and warm, before the first task.
 */
export default defineWorker<DrawioPayload>({
  type: "drawio",
  schema: drawioSchema,
  open({ settings }) {
    const executable = findExecutable(settings);
    drawer =
      executable === undefined ? DrawioEngine.open(new Fonts()) : new DrawioProgram(executable);
  },
  handle(task, ctx) {
    const turn = last.then(() => drawFile(task, ctx));
    last = turn.catch(() => {});
    return turn;
  },
});

async function drawFile(
  { payload, attempt, id }: TaskInHand<DrawioPayload>,
  ctx: TaskContext,
): Promise<JsonValue> {
  if (drawer === undefined) throw new Error("the worker was not opened");
  const { source, output, scale, border } = payload;
  const byName = extname(output).toLowerCase() === ".png" ? "png" : "svg";
  const wanted = choosePages(readPages(source), payload);
  const drawn: (Wanted & { readonly picture: Picture })[] = [];
  for (const [at, one] of wanted.entries()) {
    ctx.signal.throwIfAborted();
    const message = one.page.name ?? `page ${one.page.number} of ${basename(source)}`;
    ctx.progress({ fraction: at / wanted.length, message });
    const picture = await drawer.draw({
      ...{ page: one.page, format: payload.format ?? byName },
      ...{ scale, border, signal: ctx.signal },
    });
    drawn.push({ ...one, picture });
  }
  const outputs: JsonValue[] = [];
  for (const { path, page, picture } of drawn) {
    const { content, width, height } = picture;
    const file = await writeOutput(path, content, `${id}-${attempt}`);
    outputs.push({ ...file, width, height, ...(page.name !== undefined && { title: page.name }) });
  }
  const warnings = drawn.flatMap((one) => warningsOf(one, otherTool));
  for (const warning of warnings) ctx.log(`warning: ${warning}`, "log");
  return { outputs, warnings };
}
