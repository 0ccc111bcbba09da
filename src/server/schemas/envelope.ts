import { z } from "zod";
import { type ErrorCode, errorFacts } from "../../domain/errors.ts";

/** Every error of the API looks like this. */
export const envelope = z
  .object({
    error: z.looseObject({
      code: z.enum(Object.keys(errorFacts) as [ErrorCode, ...ErrorCode[]]),
      message: z.string().meta({ description: "What happened, to what, and what to do next." }),
      statusCode: z.int(),
      requestId: z.string(),
      fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    }),
  })
  .meta({ id: "Error" });
