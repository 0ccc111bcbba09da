import type { DiagramFile } from "../../course/course.ts";

/** Where the workers draw to, told without drawing; a file with a mistake counts as one picture. */
export async function picturesIn(
  { path: source, tool }: DiagramFile,
  output: string,
): Promise<readonly string[]> {
  try {
    const wanted =
      tool === "plantuml" ? await diagramsIn(source, output) : await pagesIn(source, output);
    return wanted.map(({ path }) => path);
  } catch {
    return [output];
  }
}

async function diagramsIn(source: string, output: string) {
  const [{ readDiagrams }, { chooseDiagrams }] = await Promise.all([
    import("../../workers/plantuml/read-diagrams.ts"),
    import("../../workers/plantuml/choose-diagrams.ts"),
  ]);
  const diagrams = readDiagrams(source, { resolveIncludes: false });
  return chooseDiagrams(diagrams, { source, output, diagram: undefined });
}

async function pagesIn(source: string, output: string) {
  const [{ readPages }, { choosePages }] = await Promise.all([
    import("../../workers/drawio/read-pages.ts"),
    import("../../workers/drawio/choose-pages.ts"),
  ]);
  return choosePages(readPages(source), { source, output, page: undefined });
}
