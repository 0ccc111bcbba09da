import {
  html as names,
  parseFragment,
  serialize,
  type DefaultTreeAdapterTypes as Tree,
} from "parse5";
import type { NotebookWarning } from "../notebook.ts";
import { dataUri, type Pictures } from "./picture.ts";

export interface HeadingEntry {
  readonly level: number;
  readonly id: string;
  readonly text: string;
}

/** Among the hosts: a file that may be beside the page, as it is not in it. */
export const besideThePage = "beside";

/** What is gathered over all cells of a page. */
export interface PageScope {
  readonly pictures: Pictures;
  readonly headings: HeadingEntry[];
  readonly ids: Set<string>;
  /** Told of what a reader will miss. */
  readonly warn: (code: NotebookWarning["code"], message: string) => void;
  /** Hosts that the author's own pictures, films and frames come from. */
  readonly remotes: Set<string>;
}

/**
 * HTML that somebody wrote, made fit for its place in a page.
 *
 * It is read as a browser reads the contents of one element, so whatever it leaves open ends with
 * it, and whatever it closes is its own. Pictures are put into the page, headings get ids, wide
 * tables a frame to scroll in; scripts and handlers go.
 */
export function settleHtml(html: string, scope: PageScope): string {
  const fragment = parseFragment(html);
  settleChildren(fragment, scope);
  return serialize(fragment);
}

/** The text of HTML, without its tags. */
export function textOfHtml(html: string): string {
  return textOf(parseFragment(html)).replaceAll(/\s+/g, " ").trim();
}

const banned = ["script", "base", "meta", "link", "object", "embed", "noscript"];
const urlAttributes = [
  "src",
  "poster",
  "srcset",
  "href",
  "xlink:href",
  "action",
  "formaction",
  "data",
];
const loading = ["img", "video", "audio", "source", "track", "iframe", "input", "image"];

function settleChildren(parent: Tree.ParentNode, scope: PageScope): void {
  parent.childNodes = parent.childNodes.flatMap((node): Tree.ChildNode[] => {
    if (node.nodeName === "#comment") return [];
    if (!("tagName" in node)) return [node];
    if (banned.includes(node.tagName)) {
      warnOfBanned(node, scope);
      return [];
    }
    settleElement(node, scope);
    return node.tagName === "table" ? [framed(node)] : [node];
  });
}

function warnOfBanned({ tagName, attrs }: Tree.Element, { warn }: PageScope): void {
  const given = (wanted: string) => attrs.find(({ name }) => name === wanted)?.value ?? "";
  if (tagName === "script") {
    warn(
      "script_removed",
      "a script in a text cell is left out: pages run no scripts but their own",
    );
  } else if (tagName === "link" && /\bstylesheet\b/i.test(given("rel"))) {
    warn(
      "element_removed",
      `the stylesheet "${given("href")}" is left out: pages load none; write styles in <style>`,
    );
  } else if (tagName === "object" || tagName === "embed") {
    warn("element_removed", `<${tagName}> is left out: pages show pictures with <img>`);
  }
}

function settleElement(element: Tree.Element, scope: PageScope): void {
  element.attrs = element.attrs.filter(
    ({ name, value }) =>
      !name.startsWith("on") &&
      name !== "srcdoc" &&
      !(urlAttributes.includes(name) && isScript(value)),
  );
  if (loading.includes(element.tagName)) embed(element, scope);
  if (element.tagName === "img" && !element.attrs.some(({ name }) => name === "alt")) {
    element.attrs.push({ name: "alt", value: altOf(element) });
  }
  dropAttribute(element, "data-name");
  if (element.tagName === "th" && element.childNodes.length === 0) renameToCell(element);
  if (/^h[1-6]$/.test(element.tagName)) noteHeading(element, scope);
  if (element.tagName === "template") settleChildren((element as Tree.Template).content, scope);
  settleChildren(element, scope);
}

function isScript(value: string): boolean {
  // Browsers skip such characters when they read the scheme.
  return /^(javascript|vbscript):/i.test(value.replaceAll(/[\s\p{Cc}]/gu, ""));
}

/** A file's name is better than nothing to those who do not see it. */
function altOf({ attrs }: Tree.Element): string {
  const source = attrs.find(({ name }) => name === "data-name")?.value ?? "";
  const stem =
    source
      .split("/")
      .at(-1)
      ?.replace(/\.\w+$/, "") ?? "";
  return stem.replaceAll(/[-_]+/g, " ");
}

function embed(element: Tree.Element, scope: PageScope): void {
  for (const attribute of [...element.attrs]) {
    if (attribute.name === "srcset") {
      element.attrs = element.attrs.filter(({ name }) => name !== "srcset");
      continue;
    }
    if (!["src", "poster", "href"].includes(attribute.name)) continue;
    const { value } = attribute;
    if (/^(data:|#)/i.test(value) || value === "") continue;
    const remote = /^(https?:)?\/\/([^/?#]+)/i.exec(value);
    if (remote) {
      scope.remotes.add((remote[2] ?? "").toLowerCase());
      if (element.tagName !== "iframe") {
        scope.warn(
          "remote_picture",
          `"${value}" is not in the page: whoever reads it fetches that from the network; put the file beside the notebook, such as in img/`,
        );
      }
      continue;
    }
    const relative = relativePath(value);
    const picture = scope.pictures.find(relative);
    element.attrs.push({ name: "data-name", value: relative });
    if (picture === undefined) {
      scope.remotes.add(besideThePage);
      const meant = scope.pictures.nearest(relative);
      const way = meant === undefined ? "it must stand beside the page" : `did you mean ${meant}?`;
      scope.warn(
        "missing_picture",
        `"${value}" is not in the page: it is not among the files of the notebook, or too large; ${way}`,
      );
    } else attribute.value = dataUri(picture);
  }
}

function dropAttribute(element: Tree.Element, dropped: string): void {
  element.attrs = element.attrs.filter(({ name }) => name !== dropped);
}

function relativePath(value: string): string {
  const path = value.replace(/[?#].*$/, "").replaceAll("\\", "/");
  const parts: string[] = [];
  for (const part of decoded(path).split("/")) {
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function noteHeading(element: Tree.Element, { headings, ids }: PageScope): void {
  const text = textOf(element).replaceAll(/\s+/g, " ").trim();
  if (text === "") return;
  const given = element.attrs.find(({ name }) => name === "id")?.value;
  const id = given !== undefined && !ids.has(given) ? given : freeId(slugOf(text), ids);
  ids.add(id);
  dropAttribute(element, "id");
  element.attrs.push({ name: "id", value: id });
  headings.push({ level: Number(element.tagName.slice(1)), id, text });
}

function slugOf(text: string): string {
  const slug = text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-");
  return slug.replaceAll(/^-+|-+$/g, "") || "section";
}

function freeId(wanted: string, taken: ReadonlySet<string>): string {
  let id = wanted;
  for (let number = 2; taken.has(id); number += 1) id = `${wanted}-${number}`;
  return id;
}

/** Formulas are read twice, for eyes and for readers: their annotation counts as nothing. */
function textOf(node: Tree.Node): string {
  if ("value" in node) return node.value;
  if (!("childNodes" in node)) return "";
  if ("tagName" in node) {
    if (node.tagName === "annotation") return "";
    const isHidden = node.attrs.some(
      ({ name, value }) => name === "class" && value === "katex-html",
    );
    if (isHidden) return "";
  }
  return node.childNodes.map(textOf).join("");
}

/** The empty corner of a table is the head of nothing. */
function renameToCell(element: Tree.Element): void {
  element.tagName = names.TAG_NAMES.TD;
  element.nodeName = names.TAG_NAMES.TD;
}

function framed(table: Tree.Element): Tree.Element {
  const frame: Tree.Element = {
    nodeName: "div",
    tagName: "div",
    attrs: [{ name: "class", value: "wide" }],
    namespaceURI: names.NS.HTML,
    parentNode: null,
    childNodes: [table],
  };
  table.parentNode = frame;
  return frame;
}
