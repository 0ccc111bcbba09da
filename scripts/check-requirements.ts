/**
 * Fails unless each requirement has a row in `docs/requirements.md` and each test that is named
 * there ran and passed: `node scripts/check-requirements.ts REPORT…`, with the reports of vitest's
 * JSON reporter for all suites.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { judgePage, readRows, type TestReport, testEnds } from "./requirements.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const page = readFileSync(`${root}docs/requirements.md`, "utf8");
const reports = process.argv
  .slice(2)
  .map((path) => JSON.parse(readFileSync(path, "utf8")) as TestReport);

const faults = judgePage(page, testEnds(reports, root));

for (const fault of faults) process.stderr.write(`docs/requirements.md: ${fault}\n`);
process.stdout.write(`promises: ${readRows(page).length}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
