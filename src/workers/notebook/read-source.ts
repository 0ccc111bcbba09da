import { basename, extname } from "node:path";
import type { Notebook, ProgLang } from "../../notebook/notebook.ts";
import { progLangOfExtension } from "../../notebook/prog-languages.ts";
import { progLangOfIpynb, readIpynb } from "../../notebook/read-ipynb.ts";
import { readPercent } from "../../notebook/read-percent.ts";
import { readSource as readText } from "../../rendering/read-source.ts";
import { userError } from "../../rendering/user-error.ts";
import type { NotebookPayload } from "./notebook-payload.ts";

export interface ReadSource {
  readonly text: string;
  readonly notebook: Notebook;
}

/** @throws TaskError `user_error` when it is not there, or no notebook */
export function readSource({ source, progLang }: NotebookPayload): ReadSource {
  const text = readText(source);
  if (extname(source) === ".ipynb") {
    const notebook = readIpynb(text, progLang ?? "python");
    const said = progLang ?? progLangOfIpynb(notebook);
    return { text, notebook: said === undefined ? notebook : { ...notebook, progLang: said } };
  }
  return { text, notebook: readPercent(text, progLang ?? languageOf(source)) };
}

function languageOf(path: string): ProgLang {
  const found = progLangOfExtension(extname(path));
  if (found !== undefined) return found;
  throw userError(
    `the extension of ${basename(path)} tells no programming language; set "progLang"`,
  );
}
