import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { JsonValue } from "../../domain/json.ts";
import { labelCaps } from "../../domain/task.ts";
import type { Course } from "../course.ts";
import { progLangOf } from "../plan/layout.ts";
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
  /** Executions of older builds count for nothing. */
  readonly rebuild: boolean;
}

/** Of the workers that do it. */
export function typeOf(step: Step): StepTask["type"] {
  return step.kind === "draw" ? step.diagram.tool : "notebook";
}

export function taskOfStep(step: Step, params: StepTaskParams): StepTask {
  const task = step.kind === "draw" ? drawTask(step) : publishTask(step, params);
  return { ...task, title: fitting(task.title) };
}

/** Names of files may be longer than titles. */
function fitting(title: string): string {
  if (title.length <= labelCaps.title) return title;
  return `${title.slice(0, labelCaps.title - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Every diagram or page of it; the tool puts the others beside the first. */
function drawTask({ diagram, pictures }: DrawStep): StepTask {
  return {
    type: diagram.tool,
    title: `draw ${diagram.relative}`,
    payload: { source: diagram.path, output: pictures[0]?.path ?? "" },
  };
}

function publishTask(
  step: PublishStep,
  { course, cacheFolder, rebuild }: StepTaskParams,
): StepTask {
  const { notebook, language, outputs, workingFiles, siblings, pictures, shows } = step;
  const { author, organisation, logo, cellTimeoutMs } = course;
  const isPages = shows === "pages";
  return {
    type: "notebook",
    title: `${isPages ? "pages of" : "publish"} ${basename(notebook.path)} (${language})`,
    payload: {
      ...{ source: notebook.path, progLang: progLangOf(course, notebook), language },
      titles: { ...notebook.title },
      outputs: outputs.map(({ path, format, kind }) => ({ path, format, kind })),
      branding: {
        ...(author !== undefined && { author }),
        ...(organisation?.[language] !== undefined && { organisation: organisation[language] }),
        ...(logo !== undefined && existsSync(logo) && { logo }),
      },
      pictures: pictures.map(({ relative, path }) => ({ relative, path })),
      workingFiles: workingFiles.map(({ relative, path }) => ({ relative, path })),
      siblings: siblings.map((sibling) => ({ ...sibling })),
      execute: isPages ? "auto" : "never",
      ...(isPages && cellTimeoutMs !== undefined && { cellTimeoutMs }),
      ...(isPages && !rebuild && { executionCache: executionsOf(step, cacheFolder) }),
    },
  };
}

/** One for all languages: mostly they have the same code, which is executed once then. */
function executionsOf({ notebook }: PublishStep, cacheFolder: string): string {
  const name = createHash("sha256").update(notebook.path).digest("hex").slice(0, 16);
  return join(cacheFolder, "executions", `${name}.json`);
}
