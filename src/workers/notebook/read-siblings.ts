import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { progLangOfExtension } from "../../notebook/prog-languages.ts";
import { publicIpynb, publicSource } from "../../notebook/public-source.ts";
import type { NotebookPayload } from "./notebook-payload.ts";

export interface SiblingText {
  readonly relative: string;
  readonly text: string;
  readonly isInput: boolean;
}

/** The notebooks beside this one, as everybody may see them; one that cannot be read is not there. */
export function readSiblings({ siblings }: NotebookPayload): readonly SiblingText[] {
  return siblings.flatMap(({ relative, path, isInput }) => {
    const text = publicTextOf(path);
    return text === undefined ? [] : [{ relative, text, isInput }];
  });
}

function publicTextOf(path: string): string | undefined {
  try {
    const text = readFileSync(path, "utf8");
    const extension = extname(path);
    if (extension === ".ipynb") return publicIpynb(text);
    return publicSource(text, progLangOfExtension(extension) ?? "rust");
  } catch {
    return undefined;
  }
}
