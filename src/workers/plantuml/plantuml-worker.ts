import { basename, dirname, extname } from "node:path";
import type { JsonValue } from "../../domain/json.ts";
import { Fonts } from "../../rendering/fonts.ts";
import { type Picture, warningsOf } from "../../rendering/picture.ts";
import { userError } from "../../rendering/user-error.ts";
import { writeOutput } from "../../rendering/write-output.ts";
import { defineWorker, type TaskContext, type TaskInHand } from "../../worker/handler.ts";
import { chooseDiagrams, type Wanted } from "./choose-diagrams.ts";
import type { Drawer, DrawRequest } from "./drawer.ts";
import { findJar } from "./find-jar.ts";
import { PlantumlEngine } from "./plantuml-engine.ts";
import { PlantumlJar } from "./plantuml-jar.ts";
import { type PlantumlPayload, plantumlSchema } from "./plantuml-payload.ts";
import { place, readDiagrams } from "./read-diagrams.ts";

let drawer: Drawer | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * The worker type `plantuml`: draws the diagrams of a file, each to a file of its own.
 *
 * All of them are drawn before any is written: a mistake in the last leaves the pictures of the
 * first as they were. A mistake fails the task with file, line and reason; it never ships as a
 * picture. The engine is warmed up before the first task.
 */
export default defineWorker<PlantumlPayload>({
  type: "plantuml",
  schema: plantumlSchema,
  async open({ settings }) {
    const jar = findJar(settings);
    drawer = jar === undefined ? await PlantumlEngine.open(new Fonts()) : new PlantumlJar(jar);
  },
  handle(task, ctx) {
    const turn = last.then(() => drawFile(task, ctx));
    last = turn.catch(() => {});
    return turn;
  },
});

async function drawFile(
  { payload, attempt, id }: TaskInHand<PlantumlPayload>,
  ctx: TaskContext,
): Promise<JsonValue> {
  if (drawer === undefined) throw new Error("the worker was not opened");
  const wanted = chooseDiagrams(
    readDiagrams(payload.source, { resolveIncludes: !drawer.includes }),
    payload,
  );
  const drawn: (Wanted & { readonly picture: Picture })[] = [];
  for (const [at, one] of wanted.entries()) {
    ctx.signal.throwIfAborted();
    const { title } = one;
    ctx.progress({ fraction: at / wanted.length, ...(title !== undefined && { message: title }) });
    const { signal } = ctx;
    drawn.push({ ...one, picture: await drawOne(drawer, requestOf(one, payload, signal)) });
  }
  const outputs: JsonValue[] = [];
  for (const { path, title, picture } of drawn) {
    const { content, width, height } = picture;
    const file = await writeOutput(path, content, `${id}-${attempt}`);
    outputs.push({ ...file, width, height, ...(title !== undefined && { title }) });
  }
  const warnings = drawn.flatMap(({ path, picture }) => warningsOf(picture, path));
  for (const warning of warnings) ctx.log(`warning: ${warning}`, "log");
  return { outputs, warnings };
}

function requestOf(
  { diagram }: Wanted,
  { source, output, format, dpi }: PlantumlPayload,
  signal: AbortSignal,
): DrawRequest {
  const byName = extname(output).toLowerCase() === ".png" ? "png" : "svg";
  return { diagram, format: format ?? byName, dpi, folder: dirname(source), signal };
}

async function drawOne(drawer: Drawer, request: DrawRequest): Promise<Picture> {
  const drawn = await drawer.draw(request);
  if (drawn.kind === "picture") return drawn.picture;
  const { lines } = request.diagram;
  const line = lines[(drawn.line ?? 1) - 1] ?? lines[0];
  if (line === undefined) throw userError(drawn.message);
  const quoted = drawn.line === undefined ? "" : ` "${line.text.trim()}"`;
  throw userError(`${place(line)}:${quoted} ${drawn.message}`, {
    details: `${basename(line.file)}:${line.line}`,
  });
}
