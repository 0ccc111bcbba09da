import type { EnginePackage } from "./engine-package.ts";
import type { EngineWindow } from "./engine-types.ts";

/**
 * Gives the engine its stencils one by one. It would read the whole library of each: of AWS
 * alone 4.6 MB of XML, which costs two seconds and 200 MB for one icon.
 */
export function serveStencils(engine: EngineWindow, enginePackage: EnginePackage): void {
  const { mxStencilRegistry, mxCellRenderer, mxUtils } = engine;
  const libraries = new Map<string, ReadonlyMap<string, string>>();
  const libraryAt = (path: string) => {
    const known = libraries.get(path) ?? indexOf(enginePackage.file(path)?.toString("utf8") ?? "");
    libraries.set(path, known);
    return known;
  };
  mxStencilRegistry.getStencil = (name) => {
    const known = mxStencilRegistry.stencils[name];
    if (known !== undefined || mxCellRenderer.defaultShapes[name] !== undefined) return known;
    const library = mxStencilRegistry.getBasenameForStencil(name);
    if (library === null) return undefined;
    const files = mxStencilRegistry.libraries[library] ?? [
      `stencils/${library.replace("_-_", "_")}.xml`,
    ];
    for (const path of files.filter((file) => file.endsWith(".xml"))) {
      const shapes = libraryAt(path).get(name);
      if (shapes !== undefined)
        mxStencilRegistry.parseStencilSet(mxUtils.parseXml(shapes).documentElement);
    }
    return mxStencilRegistry.stencils[name];
  };
}

/** The text of each shape, by the name that styles call it. */
function indexOf(xml: string): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  for (const [, attributes = "", shapes = ""] of xml.matchAll(
    /<shapes\b([^>]*)>([\s\S]*?)<\/shapes>/g,
  )) {
    const set = nameIn(attributes) ?? "";
    for (const [shape, own = ""] of shapes.matchAll(/<shape\b([^>]*)>[\s\S]*?<\/shape>/g)) {
      const name = `${set}.${(nameIn(own) ?? "").replaceAll(" ", "_")}`.toLowerCase();
      index.set(name, `<shapes name="${set}">${shape}</shapes>`);
    }
  }
  return index;
}

function nameIn(attributes: string): string | undefined {
  return /\bname="([^"]*)"/.exec(attributes)?.[1];
}
