import { basename } from "node:path";
import type { JsonValue } from "../../domain/json.ts";
import type { Course } from "../course.ts";
import type { DrawStep, PublishStep, Step } from "../plan/plan.ts";

/** What the engine is asked to do for a step. */
export interface StepTask {
  readonly type: "plantuml" | "drawio" | "notebook";
  readonly title: string;
  readonly payload: JsonValue;
}

export interface StepTaskParams {
  readonly course: Course;
  /** Where executions are kept between builds. */
  readonly cacheFolder: string;
}

export function taskOfStep(step: Step, params: StepTaskParams): StepTask {
  return step.kind === "draw" ? drawTask(step) : publishTask(step, params);
}

function drawTask({ diagram, picture }: DrawStep): StepTask {
  return {
    type: diagram.tool,
    title: `draw ${diagram.relative}`,
    payload: { source: diagram.path, output: picture, ...onlyFirst(diagram.tool) },
  };
}

/** A picture has one drawing: the first diagram, or the first page. */
function onlyFirst(tool: DrawStep["diagram"]["tool"]): { readonly [key: string]: JsonValue } {
  return tool === "plantuml" ? { diagram: 1 } : { page: 1 };
}

function publishTask(step: PublishStep, { course, cacheFolder }: StepTaskParams): StepTask {
  const { notebook, language, outputs, workingFiles, pictures } = step;
  const { author, organisation, logo, progLang } = course;
  return {
    type: "notebook",
    title: `publish ${basename(notebook.path)} (${language})`,
    payload: {
      ...{ source: notebook.path, progLang, language },
      title: notebook.title[language] ?? basename(notebook.path),
      outputs: outputs.map(({ path, format, kind }) => ({ path, format, kind })),
      branding: {
        ...(author !== undefined && { author }),
        ...(organisation?.[language] !== undefined && { organisation: organisation[language] }),
        ...(logo !== undefined && { logo }),
      },
      pictures: pictures.map(({ relative, path }) => ({ relative, path })),
      workingFiles: workingFiles.map(({ relative, path }) => ({ relative, path })),
      execute: "auto",
      executionCache: `${cacheFolder}/executions`,
    },
  };
}
