import { z } from "zod";
import { specSchema } from "./spec-schema.ts";

/** JSON Schema of `course.yaml`, for editors. */
export function courseSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(specSchema, { target: "draft-7", io: "input" });
  const document = { $schema, title: "clx course (course.yaml)", ...schema };
  return `${shortLists(JSON.stringify(document, null, 2))}\n`;
}

/** Lists of words on one line. */
function shortLists(text: string): string {
  return text.replaceAll(/\[\s+("[^\]{}]*?")\s+\]/g, (_, inner: string) => {
    const line = `[${inner.replaceAll(/\s*\n\s*/g, " ")}]`;
    return line.length <= 80 ? line : _;
  });
}
