import { z } from "zod";
import { formats, kinds, progLangs } from "../../notebook/notebook.ts";

const languageCode = z
  .string()
  .regex(/^[a-z]{2}(-[A-Z]{2})?$/, "must be a language, such as de or en");

const texts = z
  .union([z.string().min(1), z.record(languageCode, z.string())])
  .describe("One text for all languages, or one for each: { de: Listen, en: Lists }.");

const topic = z.union([
  z.string().min(1),
  z.strictObject({
    id: z
      .string()
      .min(1)
      .describe("The topic's folder or file without its number: lists for topic_100_lists."),
    html: z.boolean().optional().describe("false: no HTML is made of its notebooks."),
  }),
]);

const section = z.strictObject({
  name: texts.describe("Of the folder that its notebooks go to."),
  topics: z.array(topic).describe("In the order of the course."),
});

/** Not upwards, and not from the root of the disk. */
const within = z
  .string()
  .regex(
    /^(?![\\/]|[A-Za-z]:)(?!(?:.*[\\/])?\.\.(?:[\\/]|$)).*$/,
    "must be a path within the folder",
  );

const folder = z.strictObject({
  name: within.describe("What it is called in the output; empty for the course's own folder."),
  path: z.string().min(1).describe("From the course's root."),
  subfolders: z.array(within.min(1)).optional().describe("Only these of it."),
  "root-files": z.boolean().optional().describe("With subfolders: its own files too."),
  recursive: z.boolean().optional().describe("false: files only, no folders in it."),
});

const target = z.strictObject({
  name: z.string().min(1).describe("How --targets calls it."),
  path: z.string().min(1).describe("From the course's root, or absolute."),
  kinds: z.array(z.enum(kinds)).min(1).optional().describe("All when left out."),
  formats: z.array(z.enum(formats)).min(1).optional().describe("All when left out."),
  languages: z.array(languageCode).min(1).optional().describe("All when left out."),
});

/** `course.yaml`, whole. The XML of older courses is read into the same. */
export const specSchema = z.strictObject({
  name: texts.describe("What the course is called."),
  "prog-lang": z.enum(progLangs).describe("The language of its notebooks."),
  languages: z
    .array(languageCode)
    .min(1)
    .optional()
    .describe("Of its texts; de and en when left out."),
  author: z.string().min(1).optional().describe("Shown at the head of each notebook."),
  organisation: texts.optional().describe("Shown at the head of each notebook."),
  logo: z
    .string()
    .min(1)
    .optional()
    .describe("A picture, from the course's root, shown at the head of each notebook."),
  "cell-timeout": z
    .number()
    .positive()
    .max(2_000_000)
    .optional()
    .describe("How many seconds one cell may run; no limit but the notebook's when left out."),
  sections: z.array(section).describe("In order."),
  folders: z
    .array(folder)
    .optional()
    .describe("Trees that are copied into each output as they are."),
  targets: z
    .array(target)
    .optional()
    .describe("Where outputs go; output/ with everything when left out."),
});

export type SpecDocument = z.output<typeof specSchema>;
