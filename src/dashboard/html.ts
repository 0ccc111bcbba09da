import { html as escaping } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** Text that is safe to put into a page. */
export type Html = HtmlEscapedString;

/** A part of a page; `false` and `undefined` show nothing. */
export type Part = Html | string | number | false | undefined | readonly Part[];

/** Escapes whatever is put in, unless it is itself made by `html`. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  return escaping(strings, ...values) as Html;
}

export const nothing: Html = html``;
