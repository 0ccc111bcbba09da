import { basename } from "node:path";
import { inflateRawSync } from "node:zlib";
import { readSource } from "../../rendering/read-source.ts";
import { userError } from "../../rendering/user-error.ts";
import { parseXml, type XmlElement } from "./parse-xml.ts";

export interface Page {
  readonly name?: string;
  /** From 1. */
  readonly number: number;
  /** `<mxGraphModel>…</mxGraphModel>` */
  readonly model: string;
  readonly isEmpty: boolean;
  readonly source: string;
}

/** The pages of a file, none of them compressed any more. */
export function readPages(source: string): readonly Page[] {
  const text = readSource(source);
  const root = parseXml(text, basename(source));
  if (root.name === "mxGraphModel") return [pageOf({ number: 1, model: text, source })];
  if (root.name !== "mxfile") {
    throw userError(
      `${basename(source)} is no draw.io file: it begins with <${root.name}>, not with <mxfile>`,
    );
  }
  const diagrams = root.children.filter(({ name }) => name === "diagram");
  if (diagrams.length === 0) throw userError(`${basename(source)} has no pages`);
  return diagrams.map((diagram, at) => {
    const number = at + 1;
    const name = diagram.attributes.name;
    const model = modelOf(diagram, { text, place: `${basename(source)}, page ${name ?? number}` });
    return pageOf({ ...(name && { name }), number, model, source });
  });
}

function pageOf(page: Omit<Page, "isEmpty">): Page {
  const place = `${basename(page.source)}, page ${page.name ?? page.number}`;
  const root = parseXml(page.model, place);
  const cells = root.children.find(({ name }) => name === "root")?.children;
  if (root.name !== "mxGraphModel" || cells === undefined) {
    throw userError(`${place}: there is no drawing in it (<mxGraphModel><root>…)`);
  }
  const isDrawn = (cell: XmlElement) =>
    [cell, ...cell.children].some(({ attributes: { vertex, edge } }) => vertex ?? edge);
  return { ...page, isEmpty: !cells.some(isDrawn) };
}

function modelOf(
  diagram: XmlElement,
  { text, place }: { readonly text: string; readonly place: string },
): string {
  const [model] = diagram.children;
  if (model !== undefined) return text.slice(model.start, model.end);
  const packed = diagram.text.trim();
  if (packed === "") return "<mxGraphModel><root/></mxGraphModel>";
  if (packed.startsWith("%3C")) return decodeURIComponent(packed);
  try {
    return decodeURIComponent(inflateRawSync(Buffer.from(packed, "base64")).toString("utf8"));
  } catch {
    throw userError(`${place}: its compressed content is damaged; save it again with draw.io`);
  }
}
