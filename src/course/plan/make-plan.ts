import { join, posix } from "node:path";
import type { Format, Kind } from "../../notebook/notebook.ts";
import type { Course, CourseProblem, NotebookFile, Section, Topic } from "../course.ts";
import { planFolders } from "./copied-folders.ts";
import { diagramInputs } from "./diagram-inputs.ts";
import type { FileHashes } from "./file-hashes.ts";
import { courseFolder, notebookName, sectionFolder, type Variant } from "./layout.ts";
import type { Copy, DrawStep, Plan, PublishedFile, PublishStep, WorkingFile } from "./plan.ts";

export interface PlanParams {
  readonly course: Course;
  readonly hashes: FileHashes;
  /** Where pictures are kept between builds. */
  readonly cacheFolder: string;
  /** What our own code and tools are: it is an input of every step. */
  readonly identity: PlanIdentity;
}

export interface PlanIdentity {
  readonly plantuml: string;
  readonly drawio: string;
  readonly notebook: string;
  /** The kernel that executes the course's notebooks; absent when none does. */
  readonly kernel?: string;
}

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
          const step = await planNotebook(scene, params);
          if (step !== undefined) publishes.push(step);
        }
      }
      copies.push(...copiesOf(course, section, topic, pictures));
    }
  }
  copies.push(...planFolders(course));
  const folders = variantsOf(course).map((variant) => courseFolder(course, variant));
  const plan = { steps: [...draws.values(), ...publishes], copies, folders: [...new Set(folders)] };
  return { plan, problems: findDoubles(plan, course) };
}

interface Pictures {
  readonly steps: readonly DrawStep[];
  /** All pictures of a topic, drawn or not, by where they stand in it. */
  readonly files: readonly (WorkingFile & { readonly after?: string })[];
}

async function planPictures(topic: Topic, params: PlanParams): Promise<Pictures> {
  const { course, cacheFolder, identity } = params;
  const steps = await Promise.all(
    topic.diagrams.map(async (diagram): Promise<DrawStep> => {
      const inputs = await diagramInputs(diagram, params.hashes);
      const id = `draw ${relativeTo(course.root, diagram.path)}`;
      return {
        ...({ kind: "draw", id, diagram, after: [] } as const),
        inputs: { ...inputs, [diagram.tool]: identity[diagram.tool] },
        picture: join(cacheFolder, "pictures", topic.id, diagram.picture),
      };
    }),
  );
  const drawn = steps.map(({ id, diagram, picture }) => ({
    ...{ relative: diagram.picture, path: picture, after: id },
  }));
  return { steps, files: [...topic.images, ...drawn] };
}

interface Scene {
  readonly section: Section;
  readonly topic: Topic;
  readonly notebook: NotebookFile;
  readonly language: string;
  readonly pictures: Pictures;
}

async function planNotebook(scene: Scene, params: PlanParams): Promise<PublishStep | undefined> {
  const { course, hashes, identity } = params;
  const { section, topic, notebook, language, pictures } = scene;
  const outputs = variantsOf(course)
    .filter((variant) => variant.language === language)
    .filter(({ format }) => format !== "html" || !topic.skipsHtml)
    .map(
      (variant): PublishedFile => ({
        path: join(sectionFolder(course, section, variant), nameIn(course, notebook, variant)),
        format: variant.format,
        kind: variant.kind,
      }),
    );
  if (outputs.length === 0) return undefined;
  const siblings = topic.notebooks.filter(({ path }) => path !== notebook.path);
  const workingFiles = [...topic.files, ...siblings];
  const inputs: Record<string, string> = {
    [notebook.relative]: await hashes.of(notebook.path),
    "title and branding": JSON.stringify([
      ...[course.author, course.organisation?.[language], course.logo, notebook.title[language]],
    ]),
    outputs: JSON.stringify(outputs.map(({ path }) => relativeTo(course.root, path))),
    "notebook worker": identity.notebook,
  };
  const hasPages = outputs.some(({ format }) => format === "html");
  if (hasPages) {
    if (identity.kernel !== undefined) inputs.kernel = identity.kernel;
    for (const { relative, path } of workingFiles) inputs[relative] = await hashes.of(path);
    for (const { relative, path } of topic.images) inputs[relative] = await hashes.of(path);
    for (const { diagram, inputs: own } of pictures.steps) {
      inputs[diagram.picture] = JSON.stringify(own);
    }
    if (course.logo !== undefined) inputs.logo = await hashes.of(course.logo);
  }
  return {
    ...({ kind: "publish", notebook, language, outputs, workingFiles } as const),
    id: `publish ${relativeTo(course.root, notebook.path)} ${language}`,
    inputs,
    after: hasPages ? pictures.steps.map(({ id }) => id) : [],
    pictures: hasPages ? pictures.files.map(({ relative, path }) => ({ relative, path })) : [],
  };
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

export function relativeTo(root: string, path: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/** Two sources for one output: whichever came last would win. */
function findDoubles({ steps, copies }: Plan, course: Course): CourseProblem[] {
  const makers = new Map<string, Set<string>>();
  const note = (path: string, maker: string) => {
    const known = makers.get(path) ?? new Set();
    makers.set(path, known.add(maker));
  };
  for (const step of steps) {
    if (step.kind !== "publish") continue;
    for (const { path } of step.outputs) note(path, relativeTo(course.root, step.notebook.path));
  }
  for (const { from, to } of copies) note(to, relativeTo(course.root, from));
  const told = new Set<string>();
  return [...makers].flatMap(([path, sources]): CourseProblem[] => {
    const names = [...sources].join(" and ");
    if (sources.size < 2 || told.has(names)) return [];
    told.add(names);
    return [
      {
        ...({ severity: "error", code: "double_output", file: course.specPath } as const),
        message: `${names} would both be ${relativeTo(course.root, path)}`,
        hint: "rename one of them, or move it to another section",
      },
    ];
  });
}
