/**
 * Writes `docs/configuration.md` and `docs/config.schema.json` from the tables of `src/config/schema`.
 * With `--check` it writes nothing, and fails when one of them is not up to date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { configPage } from "./config-page.ts";
import { configSchema } from "./config-schema.ts";

const documents = [
  { name: "configuration.md", text: configPage() },
  { name: "config.schema.json", text: `${shortLists(JSON.stringify(configSchema(), null, 2))}\n` },
];
const onlyCheck = process.argv.includes("--check");

for (const { name, text } of documents) {
  const path = new URL(`../docs/${name}`, import.meta.url).pathname;
  if (!onlyCheck) writeFileSync(path, text);
  else if (readIfThere(path) !== text) {
    process.stderr.write(`docs/${name} is stale: run node scripts/generate-config-docs.ts\n`);
    process.exitCode = 1;
  }
}

/** Lists of plain values on one line, as the formatter has them. */
function shortLists(json: string): string {
  return json.replaceAll(
    /\[\s+([^[\]{}]*?)\s+\]/g,
    (_, items: string) => `[${items.replaceAll(/\s+/g, " ")}]`,
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
