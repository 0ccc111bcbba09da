import type { JsonValue } from "../domain/json.ts";
import type { Cell, CellOutput, Notebook } from "./notebook.ts";

/** The notebook as Jupyter keeps it (format 4.5), with the outputs it has. */
export function writeIpynb({ cells, metadata }: Notebook): string {
  const document = { cells: cells.map(cellJson), metadata, nbformat: 4, nbformat_minor: 5 };
  return `${JSON.stringify(document, null, 1)}\n`;
}

function cellJson(cell: Cell): JsonValue {
  const { kind, id, source, tags, slide, lang } = cell;
  const metadata: JsonValue = {
    ...cell.metadata,
    ...(lang !== undefined && { lang }),
    ...(slide !== undefined && { slideshow: { slide_type: slide } }),
    ...(tags.length > 0 && { tags: [...tags] }),
  };
  const shared = { cell_type: kind, id, metadata };
  if (kind !== "code") return { ...shared, source: linesOf(source) };
  return {
    ...shared,
    execution_count: cell.executionCount ?? null,
    outputs: (cell.outputs ?? []).map(outputJson),
    source: linesOf(source),
  };
}

function outputJson(output: CellOutput): JsonValue {
  switch (output.kind) {
    case "stream":
      return { output_type: "stream", name: output.name, text: linesOf(output.text) };
    case "error":
      return {
        output_type: "error",
        ename: output.name,
        evalue: output.message,
        traceback: [...output.traceback],
      };
    case "display":
      return {
        output_type: "display_data",
        data: dataJson(output.data),
        metadata: output.metadata,
      };
    case "result":
      return {
        output_type: "execute_result",
        data: dataJson(output.data),
        execution_count: output.executionCount ?? null,
        metadata: output.metadata,
      };
  }
}

function dataJson(data: { readonly [media: string]: JsonValue }): JsonValue {
  return Object.fromEntries(
    Object.entries(data).map(([media, value]) => [
      media,
      typeof value === "string" && !media.startsWith("image/") ? linesOf(value) : value,
    ]),
  );
}

/** Jupyter keeps texts as lists of lines, so that versions can be compared. */
function linesOf(text: string): string[] {
  return text === "" ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
}
