import { colourOf, declarationsOf, edgesOf, fontSizeOf, htmlFontSize, lengthOf } from "./css.ts";
import type { Align, Block, Cell, Edges, Inline, LetterStyle } from "./label.ts";

/** As much of a parsed page as is read here. */
export interface LabelNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly nodeValue: string | null;
  readonly childNodes: ArrayLike<LabelNode>;
  getAttribute?(name: string): string | null;
}

/** What a node inherits. */
interface Scope {
  readonly style: LetterStyle;
  readonly align: Align;
  readonly wraps: boolean;
  readonly keepsSpaces: boolean;
}

const none: Edges = { top: 0, right: 0, bottom: 0, left: 0 };
const headings: Readonly<Record<string, number>> = {
  H1: 2,
  H2: 1.5,
  H3: 1.17,
  H4: 1,
  H5: 0.83,
  H6: 0.67,
};
const blockNames =
  /^(DIV|P|UL|OL|LI|H[1-6]|BLOCKQUOTE|PRE|CENTER|SECTION|ARTICLE|HEADER|FOOTER|DL|DT|DD|BODY)$/;

/** Reads a label of HTML into blocks: what a drawing needs, of the tags that labels have. */
export function readLabel(root: LabelNode, scope: Scope): readonly Block[] {
  return new LabelReader(scope).read(root);
}

class LabelReader {
  readonly #scope: Scope;
  readonly #blocks: Block[] = [];
  #inlines: Inline[] = [];

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  read(root: LabelNode): readonly Block[] {
    this.#children(root, this.#scope.style);
    this.#endParagraph();
    return this.#blocks;
  }

  #children(node: LabelNode, style: LetterStyle): void {
    for (const child of Array.from(node.childNodes)) this.#node(child, style);
  }

  #node(node: LabelNode, outer: LetterStyle): void {
    if (node.nodeType === 3) {
      this.#text(node.nodeValue ?? "", outer);
      return;
    }
    if (node.nodeType !== 1) return;
    const name = node.nodeName.toUpperCase();
    const css = declarationsOf(node.getAttribute?.("style") ?? "");
    if (/^(SCRIPT|STYLE|TITLE|HEAD)$/.test(name) || css.get("display") === "none") return;
    const style = styleOf(node, css, outer);
    if (name === "BR") this.#inlines.push({ text: "\n" });
    else if (name === "HR")
      this.#add({ kind: "rule", colour: hrColour(node, css), margin: style.size / 2 });
    else if (name === "TABLE") this.#add(this.#table(node, style, css));
    else if (blockNames.test(name) || css.get("display") === "block") {
      this.#add(this.#box({ node, name, style, css }));
    } else this.#children(node, style);
  }

  #text(text: string, style: LetterStyle): void {
    const lines = this.#scope.keepsSpaces ? text.split(/\r\n|\n|\r/) : [text];
    for (const [at, line] of lines.entries()) {
      if (at > 0) this.#inlines.push({ text: "\n" });
      this.#inlines.push({ text: line, style });
    }
  }

  #add(block: Block): void {
    this.#endParagraph();
    this.#blocks.push(block);
  }

  /** Spaces between blocks are none. */
  #endParagraph(): void {
    const inlines = this.#inlines;
    this.#inlines = [];
    const isEmpty = inlines.every(
      (one) => "style" in one && !this.#scope.keepsSpaces && /^[ \t\r\n\f]*$/.test(one.text),
    );
    if (!isEmpty) this.#blocks.push({ kind: "paragraph", inlines, ...this.#scope });
  }

  #box({ node, name, style, css }: ElementOf): Block {
    const em = style.size;
    const scope = { ...scopeOf(node, css, this.#scope), style };
    const keepsSpaces = scope.keepsSpaces || name === "PRE";
    const inner = { ...scope, keepsSpaces, wraps: scope.wraps && name !== "PRE" };
    const blocks =
      name === "UL" || name === "OL" ? items(node, name, inner) : readLabel(node, inner);
    const colours = {
      background: colourOf(css.get("background-color") ?? css.get("background")),
      border: borderOf(css),
    };
    const width = lengthOf(css.get("width"), Number.NaN);
    const height = lengthOf(css.get("height"), Number.NaN);
    return {
      kind: "box",
      blocks,
      margin: edgesOf(css, "margin", { em, initial: marginOf(name, em) }),
      padding: edgesOf(css, "padding", { em, initial: paddingOf(name) }),
      ...(colours.background !== undefined && { background: colours.background }),
      ...(colours.border !== undefined && { border: colours.border }),
      ...(width !== undefined && Number.isFinite(width) && { width }),
      ...(height !== undefined && Number.isFinite(height) && { height }),
    };
  }

  #table(node: LabelNode, style: LetterStyle, css: ReadonlyMap<string, string>): Block {
    const scope = { ...scopeOf(node, css, this.#scope), style };
    const border = Number(node.getAttribute?.("border") ?? 0) > 0 || css.has("border");
    const widthText = css.get("width") ?? node.getAttribute?.("width") ?? "";
    const width = widthText.endsWith("%") ? ("full" as const) : lengthOf(widthText, 0);
    const padding = Number(node.getAttribute?.("cellpadding") ?? 1);
    const isCollapsed = css.get("border-collapse") === "collapse";
    return {
      kind: "table",
      gap: isCollapsed ? 0 : Number(node.getAttribute?.("cellspacing") ?? 2),
      rows: rowsOf(node).map((row) => cellsOf(row, { scope, border, padding })),
      ...(width !== undefined && { width }),
    };
  }
}

interface ElementOf {
  readonly node: LabelNode;
  readonly name: string;
  readonly style: LetterStyle;
  readonly css: ReadonlyMap<string, string>;
}

function items(list: LabelNode, name: string, scope: Scope): Block[] {
  const first = Number(list.getAttribute?.("start") ?? 1);
  return elements(list, /^LI$/).map((item, at) => {
    const css = declarationsOf(item.getAttribute?.("style") ?? "");
    const style = styleOf(item, css, scope.style);
    return {
      ...{ kind: "box", margin: none, padding: none },
      blocks: readLabel(item, { ...scopeOf(item, css, scope), style }),
      marker: { text: name === "OL" ? `${first + at}.` : "•", style },
    };
  });
}

function rowsOf(table: LabelNode): LabelNode[] {
  const groups = elements(table, /^(THEAD|TBODY|TFOOT)$/);
  return [table, ...groups].flatMap((group) => elements(group, /^TR$/));
}

function cellsOf(
  row: LabelNode,
  { scope, border, padding }: { scope: Scope; border: boolean; padding: number },
): Cell[] {
  const rowCss = declarationsOf(row.getAttribute?.("style") ?? "");
  const rowScope = scopeOf(row, rowCss, scope);
  return elements(row, /^T[DH]$/).map((cell) => {
    const css = declarationsOf(cell.getAttribute?.("style") ?? "");
    const isHead = cell.nodeName.toUpperCase() === "TH";
    const style = styleOf(cell, css, isHead ? { ...scope.style, bold: true } : scope.style);
    const align = isHead ? "center" : rowScope.align;
    const background = colourOf(
      css.get("background-color") ??
        css.get("background") ??
        cell.getAttribute?.("bgcolor") ??
        rowCss.get("background-color") ??
        row.getAttribute?.("bgcolor") ??
        undefined,
    );
    const stroke = borderOf(css) ?? (border ? "#808080" : undefined);
    const edges = { top: padding, right: padding, bottom: padding, left: padding };
    return {
      columns: Math.max(1, Number(cell.getAttribute?.("colspan") ?? 1)),
      block: {
        ...{ kind: "box", margin: none },
        padding: edgesOf(css, "padding", { em: style.size, initial: edges }),
        blocks: readLabel(cell, { ...scopeOf(cell, css, { ...rowScope, align }), style }),
        ...(background !== undefined && { background }),
        ...(stroke !== undefined && { border: stroke }),
      },
    };
  });
}

function elements(node: LabelNode, names: RegExp): LabelNode[] {
  return Array.from(node.childNodes).filter(
    (child) => child.nodeType === 1 && names.test(child.nodeName.toUpperCase()),
  );
}

function styleOf(
  node: LabelNode,
  css: ReadonlyMap<string, string>,
  outer: LetterStyle,
): LetterStyle {
  const name = node.nodeName.toUpperCase();
  const attribute = (key: string) => node.getAttribute?.(key) ?? undefined;
  const heading = headings[name];
  const isSmall = name === "SUB" || name === "SUP";
  const size = fontSizeOf(
    css.get("font-size") ?? "",
    htmlFontSize(attribute("size") ?? "") ??
      outer.size * (heading ?? (isSmall || name === "SMALL" ? 0.83 : name === "BIG" ? 1.2 : 1)),
  );
  const weight = css.get("font-weight");
  const decoration = css.get("text-decoration") ?? css.get("text-decoration-line") ?? "";
  const background = colourOf(css.get("background-color") ?? css.get("background"));
  const isBlock = blockNames.test(name) || /^(TABLE|TR|T[DH]|LI)$/.test(name);
  const own = isBlock ? undefined : (background ?? outer.background);
  const { background: _, ...inherited } = outer;
  const lineHeight = css.get("line-height");
  return {
    ...inherited,
    size,
    family:
      css.get("font-family") ??
      attribute("face") ??
      (/^(CODE|PRE|TT|KBD|SAMP)$/.test(name) ? "monospace" : outer.family),
    bold:
      weight === undefined
        ? outer.bold || heading !== undefined || /^(B|STRONG|TH)$/.test(name)
        : /bold|^[6-9]00/.test(weight),
    italic: css.has("font-style")
      ? /italic|oblique/.test(css.get("font-style") ?? "")
      : outer.italic || /^(I|EM|CITE|VAR)$/.test(name),
    underline: /none/.test(decoration)
      ? false
      : outer.underline || /^(U|INS)$/.test(name) || /underline/.test(decoration),
    strike: outer.strike || /^(S|STRIKE|DEL)$/.test(name) || /line-through/.test(decoration),
    colour:
      colourOf(css.get("color") ?? (name === "FONT" ? attribute("color") : undefined)) ??
      outer.colour,
    raised: outer.raised + (name === "SUP" ? outer.size / 3 : name === "SUB" ? -outer.size / 5 : 0),
    lineHeight:
      lineHeight === undefined
        ? outer.lineHeight
        : lineHeightOf(lineHeight, size, outer.lineHeight),
    ...(own !== undefined && { background: own }),
  };
}

function lineHeightOf(text: string, size: number, initial: number): number {
  if (text === "normal") return 1.15;
  if (/^[\d.]+$/.test(text)) return Number(text);
  const pixels = text.endsWith("%") ? (Number.parseFloat(text) * size) / 100 : lengthOf(text, size);
  return pixels === undefined || Number.isNaN(pixels) ? initial : pixels / size;
}

function scopeOf(node: LabelNode, css: ReadonlyMap<string, string>, outer: Scope): Scope {
  const name = node.nodeName.toUpperCase();
  const wish =
    css.get("text-align") ?? node.getAttribute?.("align") ?? (name === "CENTER" ? name : "");
  const [align] =
    /left|center|right/.exec(wish.toLowerCase().replace("start", "left").replace("end", "right")) ??
    [];
  const space = css.get("white-space");
  return {
    ...outer,
    ...(align !== undefined && { align: align as Align }),
    ...(space !== undefined && {
      wraps: !/nowrap|^pre$/.test(space),
      keepsSpaces: /^pre/.test(space),
    }),
  };
}

function marginOf(name: string, em: number): Edges {
  if (name === "P" || name === "UL" || name === "OL" || name === "DL" || name === "PRE")
    return { ...none, top: em, bottom: em };
  if (headings[name] !== undefined) return { ...none, top: 0.67 * em, bottom: 0.67 * em };
  if (name === "BLOCKQUOTE") return { top: em, bottom: em, left: 40, right: 40 };
  return name === "DD" ? { ...none, left: 40 } : none;
}

function paddingOf(name: string): Edges {
  return name === "UL" || name === "OL" ? { ...none, left: 40 } : none;
}

function borderOf(css: ReadonlyMap<string, string>): string | undefined {
  const text = css.get("border");
  if (text === undefined || /none|^0/.test(text)) return undefined;
  const colour = /(#[\da-f]{3,8}|rgba?\([^)]*\)|\b(?!solid|dashed|dotted|double)[a-z]+)\s*$/i.exec(
    text,
  );
  return colourOf(colour?.[1]) ?? "#000000";
}

function hrColour(node: LabelNode, css: ReadonlyMap<string, string>): string {
  return (
    colourOf(
      css.get("background-color") ?? css.get("color") ?? node.getAttribute?.("color") ?? undefined,
    ) ??
    borderOf(css) ??
    "#808080"
  );
}
