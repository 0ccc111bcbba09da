import { basename, dirname, extname } from "node:path";
import type { JsonValue } from "../../domain/json.ts";
import { Fonts } from "../../rendering/fonts.ts";
import { type Picture, warningsOf } from "../../rendering/picture.ts";
import { userError } from "../../rendering/user-error.ts";
import { writeOutput } from "../../rendering/write-output.ts";
import {
  defineWorker,
  type TaskContext,
  type TaskError,
  type TaskInHand,
} from "../../worker/handler.ts";
import { chooseDiagrams, type Wanted } from "./choose-diagrams.ts";
import type { Drawer, DrawRequest, Fault } from "./drawer.ts";
import { findJar } from "./find-jar.ts";
import { PlantumlEngine } from "./plantuml-engine.ts";
import { PlantumlJar } from "./plantuml-jar.ts";
import { type PlantumlPayload, plantumlSchema } from "./plantuml-payload.ts";
import { place, readDiagrams, type SourceLine } from "./read-diagrams.ts";

const otherTool = "PlantUML in Java (set PLANTUML_JAR)";

let drawer: Drawer | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * The worker type `plantuml`: draws the diagrams of a file, each to a file of its own.
 *
 * All of them are drawn before any is written: a mistake in the last leaves the pictures of the
 * first as they were. Mistakes fail the task, each with file, line and reason; none ships as a
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
  const mistakes: TaskError[] = [];
  for (const [at, one] of wanted.entries()) {
    ctx.signal.throwIfAborted();
    const { title } = one;
    ctx.progress({ fraction: at / wanted.length, ...(title !== undefined && { message: title }) });
    const { signal } = ctx;
    const picture = await drawOne(drawer, requestOf(one, payload, signal));
    if ("mistakes" in picture) mistakes.push(...picture.mistakes);
    else drawn.push({ ...one, picture });
  }
  if (mistakes.length > 0) throw allOf(mistakes, payload.source);
  const outputs: JsonValue[] = [];
  for (const { path, title, picture } of drawn) {
    const { content, width, height } = picture;
    const file = await writeOutput(path, content, `${id}-${attempt}`);
    outputs.push({ ...file, width, height, ...(title !== undefined && { title }) });
  }
  const warnings = drawn.flatMap((one) => warningsOf(one, otherTool));
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

async function drawOne(
  drawer: Drawer,
  request: DrawRequest,
): Promise<Picture | { readonly mistakes: readonly TaskError[] }> {
  const { lines, mistakes } = request.diagram;
  if (mistakes.length > 0) return { mistakes };
  const drawn = await drawer.draw(request);
  return drawn.kind === "picture" ? drawn.picture : { mistakes: [mistakeOf(drawn, lines)] };
}

function mistakeOf(fault: Fault, lines: readonly SourceLine[]): TaskError {
  const line = lines[(fault.line ?? 1) - 1] ?? lines[0];
  if (line === undefined) return userError(fault.message);
  const quoted = fault.line === undefined ? "" : ` "${line.text.trim()}"`;
  return userError(`${place(line)}:${quoted} ${fault.message}`, {
    details: `${basename(line.file)}:${line.line}`,
  });
}

const shownMistakes = 10;

function allOf(mistakes: readonly TaskError[], source: string): TaskError {
  const [first, ...others] = mistakes;
  if (first !== undefined && others.length === 0) return first;
  const all = mistakes.map(({ message }) => message);
  const shown = all.slice(0, shownMistakes);
  const more = all.length > shown.length ? [`and ${all.length - shown.length} more`] : [];
  return userError([`${basename(source)}: ${all.length} mistakes`, ...all].join("\n"), {
    details: [...shown, ...more].join("\n"),
  });
}
