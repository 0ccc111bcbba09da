import { type Html, html, type Part } from "./html.ts";

/** Nothing is there to show, for one of four reasons, each of which looks different. */
export type Empty =
  /** There has never been any: say how to make one. */
  | {
      readonly kind: "none";
      readonly title: string;
      readonly command?: string;
      readonly more?: Part;
    }
  /** None fits the filter. */
  | {
      readonly kind: "no_match";
      readonly title: string;
      readonly clear: string;
      readonly more?: Part;
    }
  /** Not for whoever asks. */
  | { readonly kind: "not_allowed"; readonly title: string; readonly more?: Part }
  /** It could not be fetched. */
  | {
      readonly kind: "failed";
      readonly title: string;
      readonly more?: Part;
      readonly again: string;
    };

const glyphs = { none: "◌", no_match: "⌕", not_allowed: "⊘", failed: "⚠" } as const;

export function empty(what: Empty): Html {
  return html`<div class="empty ${what.kind}"><p class="shape" aria-hidden="true">${glyphs[what.kind]}</p><p class="title">${what.title}</p>${what.more !== undefined && html`<p>${what.more}</p>`}${wayOut(what)}</div>`;
}

function wayOut(what: Empty): Part {
  switch (what.kind) {
    case "none":
      return (
        what.command !== undefined &&
        html`<p class="command"><code>${what.command}</code> <button type="button" class="link" data-copy="${what.command}" hidden>Copy</button></p>`
      );
    case "no_match":
      return html`<p><a class="button" href="${what.clear}">Clear filters</a></p>`;
    case "failed":
      return html`<p><a class="button" href="${what.again}">Try again</a></p>`;
    case "not_allowed":
      return undefined;
  }
}
