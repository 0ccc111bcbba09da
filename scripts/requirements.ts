import { nearestName } from "../src/domain/nearest-name.ts";

/**
 * Reads `docs/requirements.md`, and judges it by the tests that ran.
 *
 * A row is `| REQ-1.1 | what | test/file.test.ts › describe › title |`. Several tests are parted
 * by `<br>`; a bar in a title is written `\|`.
 */
export interface PromiseRow {
  readonly line: number;
  readonly name: string;
  readonly proofs: readonly string[];
}

/** By `file › describe › title`: how each test of that name ended. */
export type TestEnds = ReadonlyMap<string, readonly string[]>;

/** The part of a report of vitest's JSON reporter that is read here. */
export interface TestReport {
  readonly testResults?: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

/** How many requirements each section of the first specification has. */
const sectionSizes = [5, 4, 7, 5, 4, 4, 4, 4];

/** REQ-1.1 … REQ-8.4 */
export const requirementNumbers: readonly string[] = sectionSizes.flatMap((size, section) =>
  Array.from({ length: size }, (_, at) => `REQ-${section + 1}.${at + 1}`),
);

const separator = " › ";

/** `root` is the folder that the names of files in the page are relative to; it ends with a slash. */
export function testEnds(reports: readonly TestReport[], root: string): TestEnds {
  const ends = new Map<string, string[]>();
  for (const { name: path, assertionResults } of reports.flatMap((one) => one.testResults ?? [])) {
    const file = path.startsWith(root) ? path.slice(root.length) : path;
    for (const { ancestorTitles, title, status } of assertionResults) {
      const name = [file, ...ancestorTitles, title].join(separator);
      ends.set(name, [...(ends.get(name) ?? []), status]);
    }
  }
  return ends;
}

export function readRows(page: string): PromiseRow[] {
  const lines = page.split("\n");
  return lines.flatMap((text, at) => {
    if (!text.startsWith("|") || isRule(text) || isRule(lines[at + 1])) return [];
    const [name = "", , proofs = ""] = cellsOf(text);
    return [{ line: at + 1, name, proofs: proofs.split("<br>").map((proof) => proof.trim()) }];
  });
}

/** What is wrong with the page, in sentences; nothing when each promise is proven. */
export function judgePage(page: string, ends: TestEnds): string[] {
  const rows = readRows(page);
  const names = new Set(rows.map(({ name }) => name));
  const faults = [
    ...requirementNumbers.filter((number) => !names.has(number)).map((one) => `${one} has no row`),
    ...rows.flatMap((row) => judgeRow(row, ends)),
  ];
  return [...new Set(faults)];
}

function judgeRow({ line, name, proofs }: PromiseRow, ends: TestEnds): string[] {
  return proofs.flatMap((proof) => {
    if (proof === "") return [`line ${line}, ${name}: no test is named`];
    const statuses = ends.get(proof);
    if (statuses === undefined) return [missing(proof, ends, `line ${line}, ${name}`)];
    const bad = statuses.find((status) => status !== "passed");
    return bad === undefined ? [] : [`"${proof}" did not pass: it is ${bad}`];
  });
}

/** Says the same for all tests of a file that did not run at all. */
function missing(proof: string, ends: TestEnds, where: string): string {
  const [file = ""] = proof.split(separator);
  const ran = [...ends.keys()].filter((name) => name.startsWith(file + separator));
  if (ran.length === 0) return `no test of ${file} ran`;
  const nearest = nearestName(proof, ran);
  const hint = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  return `${where}: there is no test "${proof}"${hint}`;
}

function cellsOf(row: string): string[] {
  const cells = row.replace(/\|\s*$/, "").split(/(?<!\\)\|/);
  return cells.slice(1).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function isRule(text = ""): boolean {
  return /^\|[\s:|-]+\|$/.test(text);
}
