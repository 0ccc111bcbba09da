import type { JsonValue } from "../domain/json.ts";

/**
 * A notebook as its author wrote it, and as it is published: cells in order.
 *
 * Theory of operation
 *
 * A source (percent-format text or `.ipynb`) holds both languages and all kinds at once. What is
 * published is made from it in pure steps, each a function of its input alone:
 *
 *   text ── readPercent / readIpynb ──► Notebook
 *        ── renderProse (Jinja in headers and markdown, never in code) ──►
 *        ── selectCells (language and kind: who sees which cell, and how much of it) ──►
 *        ── [execution, in a kernel: the only step that is not pure] ──►
 *        ── writeIpynb | writeCode | writeHtml ──► text
 *
 * Steps never change their input. A cell keeps its `line` through all of them, so that whatever
 * is wrong later can be told by file and line, and its `id`, which is made from the original
 * source and so is equal in every kind, format and language.
 */
export interface Notebook {
  readonly progLang: ProgLang;
  readonly cells: readonly Cell[];
  /** Of the file, as it is kept in an `.ipynb`: kernel, language, the writer's own. */
  readonly metadata: { readonly [key: string]: JsonValue };
}

export interface Cell {
  readonly kind: "code" | "markdown" | "raw";
  readonly id: string;
  readonly source: string;
  /** Where its marker stands in the source, from 1. */
  readonly line: number;
  /** Absent: for every language. */
  readonly lang?: string;
  readonly tags: readonly string[];
  /** `slide`, `subslide`, `notes`: how a slide view shows it. */
  readonly slide?: SlideType;
  /** Other metadata, kept as it is. */
  readonly metadata: { readonly [key: string]: JsonValue };
  /** Of code, once it was executed; as `.ipynb` has them. */
  readonly outputs?: readonly CellOutput[];
  readonly executionCount?: number;
}

export type SlideType = "slide" | "subslide" | "notes";

export type CellOutput =
  | { readonly kind: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | {
      readonly kind: "result" | "display";
      /** By media type; text as one string, JSON as it is, images in base64. */
      readonly data: { readonly [media: string]: JsonValue };
      readonly metadata: { readonly [key: string]: JsonValue };
      readonly executionCount?: number;
    }
  | {
      readonly kind: "error";
      readonly name: string;
      readonly message: string;
      /** Lines, with escape codes. */
      readonly traceback: readonly string[];
    };

/** The languages that notebooks are written in. */
export const progLangs = ["python", "cpp", "csharp", "java", "typescript", "rust"] as const;

export type ProgLang = (typeof progLangs)[number];

/** Who a published notebook is for. The first two are public. */
export const kinds = ["code-along", "completed", "speaker"] as const;

export type Kind = (typeof kinds)[number];

export const formats = ["html", "notebook", "code"] as const;

export type Format = (typeof formats)[number];

/** Something that the author should know and that stops nothing. */
export interface NotebookWarning {
  readonly code:
    | "invalid_tag"
    | "multiple_slide_tags"
    | "missing_picture"
    | "remote_picture"
    | "script_removed"
    | "element_removed"
    | "bad_math";
  readonly line: number;
  readonly message: string;
}
