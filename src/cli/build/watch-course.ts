import { existsSync } from "node:fs";
import { selectParts } from "../../course/build/select-parts.ts";
import type { Course } from "../../course/course.ts";
import { readCourse } from "../../course/discovery/read-course.ts";
import { SourceWatch } from "../../course/watch/watch-sources.ts";
import type { CommandContext } from "../command.ts";
import { onStopSignal } from "../stop-signals.ts";
import { type BuildTies, buildOnce } from "./build-course.ts";
import type { BuildParams } from "./build-params.ts";
import { CrewKeeper } from "./crew-keeper.ts";
import { openPreview, type Preview } from "./preview/preview-server.ts";

export interface WatchParams extends BuildParams {
  /** Serve the outputs on this port, 0 for any; no server when left out. */
  readonly previewPort?: number;
}

/**
 * Builds whenever sources change, until it is stopped. What fails is told, and ends nothing.
 * Workers stay from build to build, and leave with it.
 */
export async function watchCourse(context: CommandContext, params: WatchParams): Promise<number> {
  const { terminal } = context;
  const stop = new AbortController();
  const keeper = new CrewKeeper(context);
  const signals = onStopSignal((count, signal) => {
    if (count > 1) keeper.hurry();
    stop.abort(signal);
  });
  const preview = await previewFor(context, params);
  try {
    for (let isFirst = true; !stop.signal.aborted; isFirst = false) {
      // It is watched before it is read: what changes meanwhile is built next.
      const course = readQuietly(params);
      const sources = new SourceWatch(params.specPath, course);
      try {
        const ties = { signal: stop.signal, keeper };
        await buildQuietly(context, isFirst ? params : { ...params, rebuild: false }, ties);
        preview?.built(course?.targets ?? []);
        if (stop.signal.aborted) break;
        terminal.hint("watching; Ctrl-C ends");
        await sources.next(stop.signal);
      } finally {
        sources.close();
      }
    }
    return 0;
  } finally {
    await keeper.close("the watch has ended");
    signals.close();
    await preview?.close();
  }
}

async function previewFor(
  { terminal }: CommandContext,
  { previewPort }: WatchParams,
): Promise<Preview | undefined> {
  if (previewPort === undefined) return undefined;
  const preview = await openPreview(previewPort);
  terminal.note(`preview: ${preview.address}`);
  return preview;
}

async function buildQuietly(
  context: CommandContext,
  params: BuildParams,
  ties: BuildTies & { readonly keeper: CrewKeeper },
): Promise<void> {
  try {
    await buildOnce(context, params, ties);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.terminal.note(reason);
    await ties.keeper.close(reason);
  }
}

/** The build tells what is wrong. */
function readQuietly({ specPath, root, parts }: BuildParams): Course | undefined {
  if (!existsSync(specPath)) return undefined;
  try {
    const { course } = readCourse({ specPath, ...(root !== undefined && { root }) });
    if (course === undefined || parts.outputFolder === undefined) return course;
    return selectParts(course, { outputFolder: parts.outputFolder });
  } catch {
    return undefined;
  }
}
