import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { Notebook, ProgLang } from "../../notebook/notebook.ts";
import { progLangOfExtension } from "../../notebook/prog-languages.ts";
import { progLangOfIpynb, readIpynb } from "../../notebook/read-ipynb.ts";
import { readPercent } from "../../notebook/read-percent.ts";
import { TaskError } from "../../worker/handler.ts";
import type { NotebookPayload } from "./notebook-payload.ts";

export interface ReadSource {
  readonly text: string;
  readonly notebook: Notebook;
}

/** @throws TaskError `user_error` when it is not there, or no notebook */
export async function readSource({ source, progLang }: NotebookPayload): Promise<ReadSource> {
  const text = await textOf(source);
  if (extname(source) === ".ipynb") {
    const notebook = readIpynb(text, progLang ?? "python");
    const said = progLang ?? progLangOfIpynb(notebook);
    return { text, notebook: said === undefined ? notebook : { ...notebook, progLang: said } };
  }
  return { text, notebook: readPercent(text, progLang ?? languageOf(source)) };
}

async function textOf(path: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT"
        ? "it is not there"
        : code?.startsWith("ERR_ENC")
          ? "it is not UTF-8"
          : message;
    throw new TaskError("user_error", `the notebook ${path} cannot be read: ${why}`);
  }
}

function languageOf(path: string): ProgLang {
  const found = progLangOfExtension(extname(path));
  if (found !== undefined) return found;
  throw new TaskError(
    "user_error",
    `the extension of ${basename(path)} tells no programming language; set "progLang"`,
  );
}
