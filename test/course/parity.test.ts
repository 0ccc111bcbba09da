import { createHash } from "node:crypto";
import { cpSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CourseBuildSite } from "../support/course-build.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";

forbidProcessLeaks();

const parity = fileURLToPath(new URL("./parity/", import.meta.url));

/** A head with its title; of a notebook kind, slide type, tags, language, text; of a program kind, text. */
type RecordedCell = readonly string[];
type Content = string | readonly string[] | readonly RecordedCell[];

interface Recorded {
  readonly files: Readonly<Record<string, number>>;
  readonly contents: readonly Content[];
}

function siteWithCourse(): CourseBuildSite {
  const site = new CourseBuildSite({});
  cpSync(join(parity, "course"), site.folder, { recursive: true });
  const source = join(site.folder, "slides/module_100_basics/topic_110_languages/slides_ts.ts");
  renameSync(`${source}.source`, source);
  return site;
}

describe("a course of CLX's kind gives the outputs that CLX makes of it, cell by cell", () => {
  it.each([
    ["everything", "output"],
    ["targets", "out"],
  ])("with the spec %s.xml", { timeout: 180_000 }, async (spec, folder) => {
    const site = siteWithCourse();
    const recorded = JSON.parse(readFileSync(join(parity, `${spec}.recorded`), "utf8")) as Recorded;

    const { code, stderr } = await site.run(["build", `course-specs/${spec}.xml`]);

    expect(stderr).not.toMatch(/failed|error/);
    expect(code).toBe(0);
    expect(site.tree(folder)).toEqual(Object.keys(recorded.files).toSorted());
    for (const [path, place] of Object.entries(recorded.files)) {
      const expected = exceptPrivate(path, recorded.contents[place] ?? "");
      expect(contentOf(site, `${folder}/${path}`), path).toEqual(expected);
    }
  });
});

/** The one difference that is meant: in public there is nothing private. */
function exceptPrivate(path: string, content: Content): Content {
  const isPublic = /\/(Code-Along|Completed)\//.test(path);
  if (!isPublic || typeof content === "string") return content;
  const isPrivate = (cell: string | RecordedCell, at: number) => {
    if (typeof cell === "string") return false;
    if (path.endsWith(".ipynb")) return cell[0] !== "header" && (cell[2] ?? "").includes("private");
    return secretsIn(content as readonly RecordedCell[]).has(at);
  };
  return (content as readonly RecordedCell[]).filter((cell, at) => !isPrivate(cell, at));
}

/**
 * A program has no tags. Cells of the course say what they are in their text; those that readers
 * fill in are empty, and stand between two that say it.
 */
function secretsIn(cells: readonly RecordedCell[]): ReadonlySet<number> {
  const says = (at: number) => / private |_private_/.test(cells[at]?.[1] ?? "");
  return new Set(
    cells.flatMap(([, text = ""], at) =>
      says(at) || (text === "" && says(at - 1) && says(at + 1)) ? [at] : [],
    ),
  );
}

function contentOf(site: CourseBuildSite, path: string): Content {
  if (/\/\d\d [^/]*\.ipynb$/.test(path)) return notebookCells(site.read(path));
  if (/\/\d\d [^/]*\.(py|cpp|cs|java|ts)$/.test(path)) return programCells(site.read(path));
  if (path.endsWith(".html")) return printedOn(site.read(path));
  if (path.endsWith("flow.png")) return "drawn";
  const bytes = readFileSync(join(site.folder, path));
  return `sha256 ${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}`;
}

interface IpynbCell {
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly metadata: {
    readonly slideshow?: { readonly slide_type?: string };
    readonly tags?: readonly string[];
    readonly lang?: string;
  };
}

function notebookCells(text: string): readonly RecordedCell[] {
  const { cells } = JSON.parse(text) as { readonly cells: readonly IpynbCell[] };
  return cells.map(({ cell_type: kind, source, metadata }) => {
    const whole = typeof source === "string" ? source : source.join("");
    const { slideshow, tags = [], lang = "" } = metadata;
    return headOf(whole) ?? [kind, slideshow?.slide_type ?? "", tags.join(","), lang, whole];
  });
}

function programCells(text: string): readonly RecordedCell[] {
  const cells: { readonly kind: string; readonly lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const marker = /^(?:#|\/\/) %%(?: \[(\w+)\])?$/.exec(line);
    if (marker === null) cells.at(-1)?.lines.push(line);
    else cells.push({ kind: marker[1] ?? "code", lines: [] });
  }
  return cells.map(({ kind, lines }) => {
    const whole = lines.join("\n").replace(/^\n+|\n+$/g, "");
    return headOf(whole) ?? [kind, whole];
  });
}

function headOf(text: string): RecordedCell | undefined {
  const title = /font-size: 200%[^>]*><b>(.*?)<\/b>/.exec(text)?.[1];
  return title === undefined ? undefined : ["header", unescaped(title)];
}

function printedOn(page: string): readonly string[] {
  const found = page.matchAll(/<div class="outputs"[^>]*>([\s\S]*?)<\/div>/g);
  return [...found].map(([, html = ""]) => unescaped(html.replaceAll(/<[^>]*>/g, "")).trim());
}

function unescaped(html: string): string {
  return html
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
