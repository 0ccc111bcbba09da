import { basename, dirname, extname, join } from "node:path";
import { userError } from "../../rendering/user-error.ts";
import type { PlantumlPayload } from "./plantuml-payload.ts";
import type { Diagram } from "./read-diagrams.ts";

/** A diagram, and where its picture goes. */
export interface Wanted {
  readonly diagram: Diagram;
  readonly path: string;
  readonly title?: string;
}

/** The diagrams of a file that were asked for: all of them, or one by its number or name. */
export function chooseDiagrams(
  all: readonly Diagram[],
  { diagram, source, output }: Pick<PlantumlPayload, "diagram" | "source" | "output">,
): readonly Wanted[] {
  if (diagram === undefined) return placed(all, { source, output });
  const found =
    typeof diagram === "number" ? all[diagram - 1] : all.find(({ name }) => name === diagram);
  if (found !== undefined) return [wanted(found, output)];
  const names = all.map(({ name }, at) => name ?? at + 1).join(", ");
  throw userError(`${basename(source)} has no diagram ${JSON.stringify(diagram)}; it has ${names}`);
}

/** The first where it was asked for; others under their names, or numbered as PlantUML does. */
function placed(
  all: readonly Diagram[],
  { source, output }: { readonly source: string; readonly output: string },
): Wanted[] {
  const extension = extname(output);
  const taken = new Set<string>();
  return all.map((diagram, at) => {
    const own = diagram.name && fileNameOf(diagram.name);
    const numbered = `${basename(output, extension)}_${String(at).padStart(3, "0")}`;
    const path = at === 0 ? output : join(dirname(output), (own || numbered) + extension);
    if (taken.has(path)) {
      throw userError(
        `${basename(source)}: two of its diagrams would be ${basename(path)}; give them other names`,
      );
    }
    taken.add(path);
    return wanted(diagram, path);
  });
}

function wanted(diagram: Diagram, path: string): Wanted {
  return { diagram, path, ...(diagram.name !== undefined && { title: diagram.name }) };
}

/** A name stays beside the first output, whatever it says. */
function fileNameOf(name: string): string {
  return name.replaceAll(/[\p{Cc}/\\:*?"<>|]/gu, "_").replace(/^\.+/, "");
}
