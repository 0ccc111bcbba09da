import { isAbsolute } from "node:path";
import { z } from "zod";
import { formats, kinds, progLangs } from "../../notebook/notebook.ts";

const absolute = z
  .string()
  .refine((path) => isAbsolute(path) && !path.includes("\0"), "must be an absolute path");

const inFolder = z
  .string()
  .min(1)
  .refine(
    (path) => !isAbsolute(path) && !path.split(/[/\\]/).includes("..") && !path.includes("\0"),
    "must be a path within the folder",
  );

const file = z.strictObject({ relative: inFolder, path: absolute });

export const notebookSchema = z.strictObject({
  /** Percent format, or `.ipynb`. */
  source: absolute,
  /** By the extension of `source` when left out; an `.ipynb` counts as Python. */
  progLang: z.enum(progLangs).optional(),
  /** Of the content: cells in another one are left out. */
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/, 'must be a language such as "de" or "en"')
    .default("en"),
  outputs: z
    .array(
      z.strictObject({
        path: absolute,
        /** By the extension of `path` when left out. */
        format: z.enum(formats).optional(),
        kind: z.enum(kinds).default("completed"),
      }),
    )
    .min(1),
  /** What headers show besides the title. */
  branding: z
    .strictObject({
      author: z.string().optional(),
      organisation: z.string().optional(),
      /** A picture file. */
      logo: absolute.optional(),
    })
    .default({}),
  /** By content language; the header's own when left out, else the name of the file. */
  titles: z.record(z.string(), z.string()).optional(),
  /** What pages show under which path; what is beside the source when left out. */
  pictures: z.array(file).optional(),
  /** What the notebook finds in its folder when it is executed. */
  workingFiles: z.array(file).default([]),
  /**
   * Other notebooks beside this one. Cells find them without what only speakers may see; what an
   * execution gave is kept for as long as those with `isInput` are what they were.
   */
  siblings: z.array(file.extend({ isInput: z.boolean().default(true) })).default([]),
  /** `auto`: pages without outputs, and a warning, where nothing can run them. */
  execute: z.enum(["auto", "always", "never"]).default("auto"),
  /** A file that keeps what the cells gave, until the notebook or its files change. */
  executionCache: absolute.optional(),
  /** How long one cell may take. */
  cellTimeoutMs: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional(),
  /** The name of a Jupyter kernel, or `pyodide`; the first of the language when left out. */
  kernel: z.string().min(1).optional(),
});

export type NotebookPayload = z.output<typeof notebookSchema>;
