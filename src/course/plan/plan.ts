import type { Format, Kind } from "../../notebook/notebook.ts";
import type { DiagramFile, NotebookFile } from "../course.ts";

/**
 * All that a course is made of, and what each of it is made from: a graph without cycles.
 *
 * Theory of operation
 *
 * A step is one piece of work that a worker does: a diagram drawn, a notebook published in one
 * language. It has named inputs, each with a hash of its contents: sources, helper modules, data,
 * pictures of other steps, options, and the identity of our own code. The same inputs give the same
 * results, so a step whose inputs are what they were, and whose files are as it left them, is not
 * done again; else the inputs that differ are the reason that people are told.
 *
 * A copy is a file that goes to an output as it is. It may be a picture that a step draws: then
 * it waits for it.
 *
 * Nothing in a plan depends on when it is made, and planning changes nothing.
 */
export interface Plan {
  readonly steps: readonly Step[];
  readonly copies: readonly Copy[];
  /** Folders that are the course's alone: what is in them and not in the plan is a stray. */
  readonly folders: readonly string[];
}

export type Step = DrawStep | PublishStep;

interface StepFacts {
  /** Stable from build to build: what it makes, in words of the course. */
  readonly id: string;
  readonly inputs: Inputs;
  /** Ids of the steps whose results it needs. */
  readonly after: readonly string[];
}

/** By name, for people: `slides_lists.py`, `option scale`. Values are hashes, or short values. */
export type Inputs = { readonly [name: string]: string };

export interface DrawStep extends StepFacts {
  readonly kind: "draw";
  readonly diagram: DiagramFile;
  /** Of each diagram or page of the file, where it is kept between builds; that of the first is first. */
  readonly pictures: readonly WorkingFile[];
}

export interface PublishStep extends StepFacts {
  readonly kind: "publish";
  /** Sources are made from the notebook alone; pages show pictures and what cells gave. */
  readonly shows: "sources" | "pages";
  readonly notebook: NotebookFile;
  readonly language: string;
  readonly outputs: readonly PublishedFile[];
  /** What the notebook finds in its working folder, when it is executed. */
  readonly workingFiles: readonly WorkingFile[];
  /** The other notebooks of its topic, which are there too. */
  readonly siblings: readonly Sibling[];
  /** Pictures that its pages show, by the path that they are shown with. */
  readonly pictures: readonly WorkingFile[];
}

export interface PublishedFile {
  readonly path: string;
  readonly format: Format;
  readonly kind: Kind;
}

export interface WorkingFile {
  readonly relative: string;
  readonly path: string;
}

export interface Sibling extends WorkingFile {
  /** Whether cells may read it: then it is one of the inputs. */
  readonly isInput: boolean;
}

export interface Copy {
  readonly from: string;
  readonly to: string;
  /** The step that draws `from`. */
  readonly after?: string;
}
