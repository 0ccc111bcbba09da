import { ClxError } from "../domain/errors.ts";
import type { JsonValue } from "../domain/json.ts";
import { CellIds } from "./cell-ids.ts";
import { makeCell } from "./make-cell.ts";
import { type Cell, type Notebook, type ProgLang, progLangs } from "./notebook.ts";

type JsonObject = { readonly [key: string]: JsonValue };

/** Reads an `.ipynb` of format 4; outputs that it holds are not taken over. */
export function readIpynb(text: string, progLang: ProgLang): Notebook {
  const document = objectOf(parse(text));
  if (document === undefined || !Array.isArray(document.cells)) throw noCells(document);
  const ids = new CellIds();
  const cells = document.cells.map((value: JsonValue, index: number): Cell => {
    const cell = objectOf(value) ?? {};
    const source = headingOf(cell) + textOf(cell.source);
    return makeCell({
      kind: kindOf(cell.cell_type, index),
      source: withAttachments(source, objectOf(cell.attachments)),
      id: ids.next(source, index),
      line: lineOf(text, index),
      metadata: objectOf(cell.metadata) ?? {},
    });
  });
  return { progLang, cells, metadata: objectOf(document.metadata) ?? {} };
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text.replace(/^\u{feff}/u, "")) as JsonValue;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ClxError("invalid_value", `this is no notebook: ${why}`);
  }
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as JsonObject;
}

/** The language that an `.ipynb` says to be in, if it is one of ours. */
export function progLangOfIpynb({ metadata }: Notebook): ProgLang | undefined {
  const kernel = objectOf(metadata.kernelspec)?.language;
  const said = String(kernel ?? objectOf(metadata.language_info)?.name ?? "").toLowerCase();
  const spelt = said.replace(/^c\+\+.*/, "cpp").replace(/^c#$/, "csharp");
  return progLangs.find((name) => name === spelt);
}

/** A text, or its lines with their ends. */
function textOf(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return value.map(String).join("");
  return typeof value === "string" ? value : "";
}

/** Pictures that a cell holds in itself stay with its text, whatever is made of it. */
function withAttachments(source: string, attachments: JsonObject = {}): string {
  return Object.entries(attachments).reduce((text, [name, bundle]) => {
    const [media, base64] = Object.entries(objectOf(bundle) ?? {})[0] ?? [];
    if (media === undefined || typeof base64 !== "string") return text;
    const uri = `data:${media};base64,${base64.replaceAll(/\s/g, "")}`;
    return text
      .replaceAll(`attachment:${name}`, uri)
      .replaceAll(`attachment:${encodeURIComponent(name)}`, uri);
  }, source);
}

/** What is of no kind is not run by mistake. */
function kindOf(value: JsonValue | undefined, index: number): Cell["kind"] {
  if (value === "markdown" || value === "raw" || value === "code") return value;
  if (value === "heading") return "markdown";
  const said = value === undefined ? "no type" : `the type ${JSON.stringify(value)}`;
  throw new ClxError(
    "invalid_value",
    `cell ${index + 1} has ${said}; known are code, markdown and raw`,
  );
}

/** A cell type of its own in older notebooks. */
function headingOf({ cell_type, level }: JsonObject): string {
  if (cell_type !== "heading") return "";
  return `${"#".repeat(typeof level === "number" ? Math.min(6, Math.max(1, level)) : 1)} `;
}

function noCells(document: JsonObject | undefined): ClxError {
  const message = Array.isArray(document?.worksheets)
    ? "this notebook is of format 3; open it in Jupyter and save it, which makes it one of format 4"
    : "this is no notebook of format 4: it has no list of cells";
  return new ClxError("invalid_value", message);
}

/** Where the cell begins in the file, as far as its text tells. */
function lineOf(text: string, index: number): number {
  let at = -1;
  for (let seen = 0; seen <= index; seen += 1) {
    at = text.indexOf('"cell_type"', at + 1);
    if (at < 0) return 1;
  }
  return text.slice(0, at).split("\n").length;
}
