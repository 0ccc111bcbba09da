import { basename, dirname, extname, join } from "node:path";
import type { JsonValue } from "../../domain/json.ts";
import { Fonts } from "../../rendering/fonts.ts";
import { Rasteriser } from "../../rendering/rasteriser.ts";
import { writeOutput } from "../../rendering/write-output.ts";
import { defineWorker, type TaskContext, type TaskInHand } from "../../worker/handler.ts";
import { PlantumlEngine } from "./plantuml-engine.ts";
import { type PlantumlPayload, plantumlSchema } from "./plantuml-payload.ts";
import { type Diagram, place, readDiagrams, userError } from "./read-diagrams.ts";

/** How many pixels an inch has where a unit of the drawing is one. */
const screenDpi = 96;

interface Tools {
  readonly engine: PlantumlEngine;
  readonly rasteriser: Rasteriser;
}

let tools: Tools | undefined;
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
  async open() {
    const fonts = new Fonts();
    const engine = await PlantumlEngine.open(fonts);
    await engine.draw(["@startuml", "a -> b", "@enduml"]);
    tools = { engine, rasteriser: new Rasteriser(fonts) };
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
  const diagrams = chosen(readDiagrams(payload.source), payload);
  const drawn: { readonly path: string; readonly content: string | Uint8Array }[] = [];
  for (const [at, diagram] of diagrams.entries()) {
    ctx.signal.throwIfAborted();
    ctx.progress({ fraction: at / diagrams.length, message: diagram.name ?? `diagram ${at + 1}` });
    const content = await contentOf(diagram, payload);
    drawn.push({ path: pathOf(payload.output, diagram, at), content });
  }
  const outputs: JsonValue[] = [];
  for (const { path, content } of drawn) {
    const { sha256, bytes, changed } = await writeOutput(path, content, `${id}-${attempt}`);
    outputs.push({ path, bytes, sha256, changed });
  }
  return { outputs };
}

function chosen(all: readonly Diagram[], { diagram, source }: PlantumlPayload) {
  if (diagram === undefined) return all;
  const found =
    typeof diagram === "number" ? all[diagram - 1] : all.find((one) => one.name === diagram);
  if (found !== undefined) return [found];
  const names = all.map(({ name }, at) => name ?? at + 1).join(", ");
  throw userError(`${basename(source)} has no diagram ${JSON.stringify(diagram)}; it has ${names}`);
}

async function contentOf(diagram: Diagram, payload: PlantumlPayload): Promise<string | Uint8Array> {
  if (tools === undefined) throw new Error("the worker was not opened");
  const drawn = await tools.engine.draw(diagram.lines.map(({ text }) => text));
  if (drawn.kind === "fault") {
    const line = diagram.lines[(drawn.line ?? 1) - 1] ?? diagram.lines[0];
    const where = line === undefined ? basename(payload.source) : place(line);
    const quoted = drawn.line === undefined || line === undefined ? "" : ` "${line.text.trim()}"`;
    throw userError(`${where}:${quoted} ${drawn.message}`);
  }
  if (formatOf(payload) === "svg") return `${drawn.svg}\n`;
  const scale = payload.dpi / screenDpi;
  return (await tools.rasteriser.toPng(drawn.svg, { scale, background: "white" })).bytes;
}

function formatOf({ format, output }: PlantumlPayload): "svg" | "png" {
  return format ?? (extname(output).toLowerCase() === ".svg" ? "svg" : "png");
}

/** The first where it was asked for; others under their names, or numbered as PlantUML does. */
function pathOf(output: string, { name }: Diagram, at: number): string {
  if (at === 0) return output;
  const extension = extname(output);
  const own = name ?? `${basename(output, extension)}_${String(at).padStart(3, "0")}`;
  return join(dirname(output), own + extension);
}
