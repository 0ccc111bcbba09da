import { ClxError } from "../domain/errors.ts";
import type { JsonValue } from "../domain/json.ts";
import { CellIds } from "./cell-ids.ts";
import { makeCell } from "./make-cell.ts";
import type { Cell, Notebook, ProgLang } from "./notebook.ts";

type JsonObject = { readonly [key: string]: JsonValue };

/** Reads an `.ipynb` of format 4; outputs that it holds are not taken over. */
export function readIpynb(text: string, progLang: ProgLang): Notebook {
  const document = objectOf(parse(text));
  if (document === undefined || !Array.isArray(document.cells)) {
    throw new ClxError("invalid_value", "this is no notebook of format 4: it has no list of cells");
  }
  const ids = new CellIds();
  const cells = document.cells.map((value: JsonValue, index: number): Cell => {
    const cell = objectOf(value) ?? {};
    const source = textOf(cell.source);
    return makeCell({
      kind: kindOf(cell.cell_type),
      source,
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

/** A text, or its lines with their ends. */
function textOf(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return value.map(String).join("");
  return typeof value === "string" ? value : "";
}

function kindOf(value: JsonValue | undefined): Cell["kind"] {
  return value === "markdown" || value === "raw" ? value : "code";
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
