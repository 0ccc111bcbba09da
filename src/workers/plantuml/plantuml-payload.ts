import { isAbsolute } from "node:path";
import { z } from "zod";

const absolute = z
  .string()
  .refine((path) => isAbsolute(path) && !path.includes("\0"), "must be an absolute path");

export const plantumlSchema = z.strictObject({
  /** The file with the diagrams. */
  source: absolute,
  /** Where the first goes; the others beside it, under their own names or numbers. */
  output: absolute,
  /** By the extension of `output` when left out. */
  format: z.enum(["svg", "png"]).optional(),
  /** Of PNG: 96 is one pixel for each unit of the drawing. */
  dpi: z.number().min(24).max(1200).default(200),
  /** One of them only: its number from 1, or its name. */
  diagram: z.union([z.int().min(1), z.string().min(1)]).optional(),
});

export type PlantumlPayload = z.output<typeof plantumlSchema>;
