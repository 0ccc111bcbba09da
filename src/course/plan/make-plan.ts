import { createHash } from "node:crypto";
import { join, posix } from "node:path";
import type { Format, Kind } from "../../notebook/notebook.ts";
import type { Course, CourseProblem, NotebookFile, Section, Topic } from "../course.ts";
import { relativeTo } from "../relative-to.ts";
import { checkPlaces } from "./check-places.ts";
import { planFolders } from "./copied-folders.ts";
import type { FileHashes } from "./file-hashes.ts";
import { findDoubles, withoutTwins } from "./find-doubles.ts";
import { courseFolder, notebookName, progLangOf, sectionFolder, type Variant } from "./layout.ts";
import type { Copy, DrawStep, Plan, PublishedFile, PublishStep, WorkingFile } from "./plan.ts";
import type { PlanParams } from "./plan-params.ts";
import { type Pictures, planPictures } from "./plan-pictures.ts";
import { siblingsOf } from "./siblings.ts";

export interface Planned {
  readonly plan: Plan;
  readonly problems: readonly CourseProblem[];
}

/** Everything in all languages, kinds, formats and targets of the course. */
export async function makePlan(params: PlanParams): Promise<Planned> {
  const { course } = params;
  const draws = new Map<string, DrawStep>();
  const publishes: PublishStep[] = [];
  const copies: Copy[] = [];
  for (const section of course.sections) {
    for (const topic of section.topics) {
      const pictures = await planPictures(topic, params);
      for (const step of pictures.steps) draws.set(step.id, step);
      for (const notebook of topic.notebooks) {
        for (const language of course.languages) {
          const scene = { section, topic, notebook, language, pictures };
          publishes.push(...(await planNotebook(scene, params)));
        }
      }
      copies.push(...copiesOf(course, section, topic, pictures));
    }
  }
  copies.push(...planFolders(course));
  const folders = variantsOf(course).map((variant) => courseFolder(course, variant));
  const steps = [...draws.values(), ...inOrder(publishes, course)];
  const plan = {
    steps,
    copies: await withoutTwins(copies, params.hashes),
    folders: [...new Set(folders)],
  };
  return { plan, problems: [...findDoubles(plan, course), ...checkPlaces(plan, course)] };
}

/** One language after the other: what cells gave in the first is there for the next. */
function inOrder(steps: readonly PublishStep[], { languages }: Course): readonly PublishStep[] {
  return languages.flatMap((language) => steps.filter((step) => step.language === language));
}

interface Scene {
  readonly section: Section;
  readonly topic: Topic;
  readonly notebook: NotebookFile;
  readonly language: string;
  readonly pictures: Pictures;
}

/**
 * Two steps: sources as `.ipynb` and code are made from the notebook alone; pages also show
 * pictures, and what the cells gave with the files beside them.
 */
async function planNotebook(scene: Scene, params: PlanParams): Promise<readonly PublishStep[]> {
  const outputs = outputsOf(scene, params.course);
  const pages = outputs.filter(({ format }) => format === "html");
  const sources = outputs.filter(({ format }) => format !== "html");
  return [
    ...(sources.length > 0 ? [await planSources(scene, params, sources)] : []),
    ...(pages.length > 0 ? [await planPages(scene, params, pages)] : []),
  ];
}

function outputsOf(
  { section, topic, notebook, language }: Scene,
  course: Course,
): readonly PublishedFile[] {
  return variantsOf(course)
    .filter((variant) => variant.language === language)
    .filter(({ format }) => format !== "html" || !topic.skipsHtml)
    .map((variant) => ({
      path: join(sectionFolder(course, section, variant), nameIn(course, notebook, variant)),
      format: variant.format,
      kind: variant.kind,
    }));
}

async function planSources(
  scene: Scene,
  params: PlanParams,
  outputs: readonly PublishedFile[],
): Promise<PublishStep> {
  const { notebook, language } = scene;
  return {
    ...({ kind: "publish", shows: "sources", notebook, language, outputs } as const),
    id: `publish ${relativeTo(params.course.root, notebook.path)} ${language}`,
    inputs: await commonInputs(scene, params),
    ...{ after: [], workingFiles: [], siblings: [], pictures: [] },
  };
}

async function planPages(
  scene: Scene,
  params: PlanParams,
  outputs: readonly PublishedFile[],
): Promise<PublishStep> {
  const { course, hashes, identity } = params;
  const { topic, notebook, language, pictures } = scene;
  const siblings = siblingsOf(notebook, topic);
  const workingFiles = topic.files.map(({ relative, path }) => ({ relative, path }));
  const read = siblings.filter(({ isInput }) => isInput);
  const inputs: Record<string, string> = await commonInputs(scene, params);
  inputs.kernel = await identity.kernelFor(progLangOf(course, notebook));
  for (const { relative, path } of [...workingFiles, ...read, ...pictures.images]) {
    inputs[relative] = await hashInput(hashes, path);
  }
  for (const { diagram, inputs: own } of pictures.steps) {
    inputs[diagram.picture] = shortHash(JSON.stringify(own));
  }
  return {
    ...({ kind: "publish", shows: "pages", notebook, language, outputs } as const),
    ...{ workingFiles, siblings },
    id: `pages of ${relativeTo(course.root, notebook.path)} ${language}`,
    inputs,
    after: pictures.steps.map(({ id }) => id),
    pictures: pictures.files.map(({ relative, path }) => ({ relative, path })),
  };
}

async function commonInputs(
  { notebook, language }: Scene,
  { course, hashes, identity }: PlanParams,
): Promise<Record<string, string>> {
  const { author, organisation, logo } = course;
  return {
    [notebook.relative]: await hashInput(hashes, notebook.path),
    "title and branding": JSON.stringify([
      ...[author, organisation?.[language], logo, notebook.title[language]],
    ]),
    "notebook worker": identity.notebook,
    ...(logo !== undefined && { logo: await hashInput(hashes, logo) }),
  };
}

/** What cannot be read is told by the step that needs it. */
async function hashInput(hashes: FileHashes, path: string): Promise<string> {
  const { hash, fault } = await hashes.tryOf(path);
  return hash === undefined ? `unreadable: ${fault}` : hash;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** In folders of its own a notebook keeps its place in the topic. */
function nameIn(course: Course, notebook: NotebookFile, variant: Variant): string {
  return join(posix.dirname(notebook.relative), notebookName(course, notebook, variant));
}

/** Data and pictures go wherever a notebook of theirs goes. */
function copiesOf(course: Course, section: Section, topic: Topic, pictures: Pictures): Copy[] {
  return variantsOf(course)
    .filter(({ format }) => format !== "html" || !topic.skipsHtml)
    .flatMap((variant) => {
      const folder = sectionFolder(course, section, variant);
      const files: readonly (WorkingFile & { readonly after?: string })[] = [
        ...topic.files,
        ...pictures.files,
      ];
      return files.map(({ relative, path, after }) => ({
        from: path,
        to: join(folder, relative),
        ...(after !== undefined && { after }),
      }));
    });
}

/** Every version of the course, once. */
export function variantsOf(course: Course): readonly Variant[] {
  return course.targets.flatMap((target) =>
    target.languages.flatMap((language) =>
      target.formats.flatMap((format: Format) =>
        target.kinds.map((kind: Kind) => ({ target, language, format, kind })),
      ),
    ),
  );
}
