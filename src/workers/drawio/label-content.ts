import type { LabelNode } from "../../rendering/html-label/read-label.ts";
import type { EngineWindow } from "./engine-types.ts";

interface ContentParams {
  readonly isHtml: boolean;
  readonly window: EngineWindow;
}

/** What a label holds, as nodes; plain text keeps its lines. */
export function labelContent(text: unknown, { isHtml, window }: ContentParams): LabelNode {
  const { document, mxUtils } = window;
  if (mxUtils.isNode(text)) return wrapped(text as LabelNode);
  if (!isHtml) return plain(String(text));
  const body = document.createElement("template");
  body.innerHTML = String(text);
  return body.content as unknown as LabelNode;
}

function wrapped(node: LabelNode): LabelNode {
  return { nodeType: 1, nodeName: "SPAN", nodeValue: null, childNodes: [node] };
}

function plain(text: string): LabelNode {
  const childNodes = text.split("\n").flatMap((line, at): LabelNode[] => {
    const own = { nodeType: 3, nodeName: "#text", nodeValue: line, childNodes: [] };
    const end = { nodeType: 1, nodeName: "BR", nodeValue: null, childNodes: [] };
    return at === 0 ? [own] : [end, own];
  });
  return { nodeType: 1, nodeName: "SPAN", nodeValue: null, childNodes };
}
