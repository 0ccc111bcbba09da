/**
 * Writes `docs/course.schema.json` from the schema of `course.yaml`.
 * With `--check` it writes nothing, and fails when it is not up to date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { courseSchema } from "../src/course/spec/course-schema.ts";

const path = new URL("../docs/course.schema.json", import.meta.url).pathname;
const text = courseSchema();

if (!process.argv.includes("--check")) writeFileSync(path, text);
else if (readIfThere() !== text) {
  process.stderr.write(
    "docs/course.schema.json is stale: run node scripts/generate-course-docs.ts\n",
  );
  process.exitCode = 1;
}

function readIfThere(): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
