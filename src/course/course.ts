import type { Format, Kind, ProgLang } from "../notebook/notebook.ts";

/**
 * A course, as its spec and the files on disk say together: all that planning needs, and
 * nothing that depends on when or where it is built.
 *
 * Both spec formats (`course.yaml`, and the XML of older courses) describe this model. Paths are
 * absolute; every name a reader sees has one text per content language.
 */
export interface Course {
  readonly specPath: string;
  /** What relative paths of the spec start at, and where `slides/` is. */
  readonly root: string;
  readonly name: Texts;
  readonly progLang: ProgLang;
  /** Content languages, in the order of the spec: `de` and `en` unless it says others. */
  readonly languages: readonly string[];
  /** What headers show; never hard-coded. */
  readonly author?: string;
  readonly organisation?: Texts;
  /** A picture in the course. */
  readonly logo?: string;
  /** How long one cell may run. */
  readonly cellTimeoutMs?: number;
  readonly sections: readonly Section[];
  readonly folders: readonly CopiedFolder[];
  /** At least one. */
  readonly targets: readonly OutputTarget[];
}

/** By content language. */
export type Texts = { readonly [language: string]: string };

export interface Section {
  readonly name: Texts;
  readonly topics: readonly Topic[];
}

export interface Topic {
  readonly id: string;
  /** A folder, or one source file. */
  readonly path: string;
  readonly isFolder: boolean;
  /** No HTML is made of its notebooks. */
  readonly skipsHtml: boolean;
  readonly notebooks: readonly NotebookFile[];
  readonly diagrams: readonly DiagramFile[];
  readonly images: readonly TopicFile[];
  /** Everything else: helper modules and data, for readers and for execution. */
  readonly files: readonly TopicFile[];
}

export interface TopicFile {
  readonly path: string;
  /** From the topic's folder, with forward slashes: where its copies stand. */
  readonly relative: string;
}

export interface NotebookFile extends TopicFile {
  /** Of its file, as it stands there. */
  readonly text: string;
  /** From 1, over all notebooks of the section, in the order of topics. */
  readonly number: number;
  readonly title: Texts;
}

export interface DiagramFile extends TopicFile {
  readonly tool: "plantuml" | "drawio";
  /** Where the picture of its first diagram or page belongs, from the topic's folder: `img/<stem>.png`. */
  readonly picture: string;
}

/** A tree that is copied into each output as it is. */
export interface CopiedFolder {
  readonly name: string;
  readonly path: string;
  readonly subfolders: readonly string[];
  readonly withRootFiles: boolean;
  readonly isRecursive: boolean;
}

export interface OutputTarget {
  readonly name: string;
  readonly path: string;
  /** The one that needs no spec: it has a level `public` and `speaker`, the others have not. */
  readonly isDefault: boolean;
  readonly kinds: readonly Kind[];
  readonly formats: readonly Format[];
  readonly languages: readonly string[];
}

/** Something wrong in a spec or in the files that it speaks of, for people. */
export interface CourseProblem {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  /** What to do; the nearest known name. */
  readonly hint?: string;
}
