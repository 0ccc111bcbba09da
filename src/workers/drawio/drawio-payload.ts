import { isAbsolute } from "node:path";
import { z } from "zod";

const absolute = z
  .string()
  .refine((path) => isAbsolute(path) && !path.includes("\0"), "must be an absolute path");

export const drawioSchema = z.strictObject({
  /** The file with the pages. */
  source: absolute,
  /** Where the first goes; the others beside it, with their names. */
  output: absolute,
  /** By the extension of `output` when left out. */
  format: z.enum(["svg", "png"]).optional(),
  /** One of them only: its number from 1, or its name. */
  page: z.union([z.int().min(1), z.string().min(1)]).optional(),
  /** How many pixels or units of the picture one unit of the drawing gets. */
  scale: z.number().min(0.05).max(20).default(3),
  /** Around the drawing, in pixels or units of the picture. */
  border: z.number().min(0).max(2_000).default(20),
});

export type DrawioPayload = z.output<typeof drawioSchema>;
