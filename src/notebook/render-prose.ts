import nunjucks from "nunjucks";
import { ClxError } from "../domain/errors.ts";
import type { Cell, Format, Notebook } from "./notebook.ts";

export interface ProseContext {
  readonly language: string;
  readonly format: Format;
}

/**
 * Renders the Jinja of text cells: `{{ lang }}`, `{% if is_html %}…{% endif %}`. Code is left
 * alone, so that `{{` in it is safe. A name that nobody has set is an error, told with its line.
 */
export function renderProse(notebook: Notebook, { language, format }: ProseContext): Notebook {
  const environment = new nunjucks.Environment(null, { autoescape: false, throwOnUndefined: true });
  const names = { lang: language, is_notebook: format === "notebook", is_html: format === "html" };
  const cells = notebook.cells.map((cell) => {
    if (cell.kind === "code" || !/\{[{%#]|^j2 /m.test(cell.source)) return cell;
    try {
      return { ...cell, source: environment.renderString(blocksOf(cell.source), names) };
    } catch (error) {
      throw templateError(error, cell);
    }
  });
  return { ...notebook, cells };
}

/** A line `j2 set x = 1` says the same as `{% set x = 1 %}`. */
function blocksOf(source: string): string {
  return source.replaceAll(/^j2 (.*)$/gm, "{% $1 %}");
}

function templateError(error: unknown, { line, source }: Cell): ClxError {
  const text = error instanceof Error ? error.message : String(error);
  const within = Number(/\[Line (\d+)/.exec(text)?.[1] ?? 1);
  const culprit = source.split("\n")[within - 1]?.trim() ?? "";
  const why = (text.split("\n").at(-1) ?? text).replace(/^\s*(Template render )?[Ee]rror:\s*/, "");
  const said = why.replace(
    /attempted to output null or undefined value/,
    "nobody has set this name",
  );
  return new ClxError("invalid_value", `line ${line + within}: "${culprit}": ${said.trim()}`);
}
