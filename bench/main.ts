import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BenchOptions, readOptions } from "./options.ts";
import { describeRun, type RowResult, renderReport } from "./report.ts";
import type { Measured, Row } from "./row.ts";
import { rows } from "./rows.ts";

const resultsFolder = fileURLToPath(new URL("results/", import.meta.url));
const tablePath = fileURLToPath(new URL("RESULTS.md", import.meta.url));
const peersPath = fileURLToPath(new URL("PEERS.md", import.meta.url));

const options = readOptions(process.argv.slice(2));
const chosen = rows.filter(({ id }) => options.only.length === 0 || options.only.includes(id));
const results: RowResult[] = [];
for (const row of chosen) {
  console.error(`${row.id}: ${row.what}`);
  const result = await measureRow(row, options);
  results.push(result);
  console.error(result.error ?? JSON.stringify(result.runs.map(({ values }) => values)));
}

const described = describeRun(options, results);
mkdirSync(resultsFolder, { recursive: true });
const stamp = described.at.replaceAll(/[:.]/g, "-");
writeFileSync(join(resultsFolder, `${stamp}.json`), `${JSON.stringify(described, undefined, 2)}\n`);
const peers = readFileSync(peersPath, "utf8");
const report = renderReport({ result: described, rows: chosen, peers });
if (options.only.length === 0 && !options.quick) writeFileSync(tablePath, report);
console.log(report);
process.exitCode = results.some(({ error }) => error !== undefined) ? 1 : 0;

async function measureRow(row: Row, options: BenchOptions): Promise<RowResult> {
  const loadBefore = loadavg()[0] ?? Number.NaN;
  const runs: Measured[] = [];
  const wanted = row.runs ?? options.runs;
  try {
    if (wanted > 1) await measureOnce(row, options);
    for (let run = 0; run < wanted; run++) runs.push(await measureOnce(row, options));
    return { id: row.id, what: row.what, runs, loadBefore };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { id: row.id, what: row.what, runs, loadBefore, error: text };
  }
}

async function measureOnce(row: Row, options: BenchOptions): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "clx-bench-"));
  try {
    const size = (whole: number, quick: number) => (options.quick ? quick : whole);
    return await row.measure({ folder, options, size });
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
