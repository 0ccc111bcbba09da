import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import type { DiagramFile } from "../course.ts";
import type { FileHashes } from "./file-hashes.ts";
import type { Inputs } from "./plan.ts";

/** A diagram is made from its file and, in PlantUML, from the files that this one includes. */
export async function diagramInputs(
  { path, tool }: DiagramFile,
  hashes: FileHashes,
): Promise<Inputs> {
  const files = tool === "plantuml" ? withIncluded(path) : [path];
  const inputs = await Promise.all(
    files.map(async (file) => {
      const { hash, fault } = await hashes.tryOf(file);
      const name = relative(dirname(path), file).replaceAll(sep, "/");
      return [name, hash ?? `unreadable: ${fault}`] as const;
    }),
  );
  return Object.fromEntries(inputs);
}

function withIncluded(path: string, seen = new Set<string>()): string[] {
  if (seen.has(path) || !existsSync(path)) return [];
  seen.add(path);
  const text = textOf(path);
  const included = [...text.matchAll(/^\s*!include(?:_once|_many|sub)?\s+([^<\s!][^!\n\r]*)/gm)];
  return [
    path,
    ...included.flatMap(([, name = ""]) =>
      withIncluded(resolve(dirname(path), name.trim().replaceAll('"', "")), seen),
    ),
  ];
}

/** One that cannot be read is told by the step that draws it. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
