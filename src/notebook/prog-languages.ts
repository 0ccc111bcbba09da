import type { JsonValue } from "../domain/json.ts";
import type { ProgLang } from "./notebook.ts";

/** What a programming language brings with it: its comments, its files, its kernel. */
export interface ProgLanguage {
  /** What a line comment begins with. */
  readonly comment: "#" | "//";
  readonly extension: string;
  /** Of the folder that its code files go to. */
  readonly folder: string;
  /** As highlighters know it. */
  readonly highlight: string;
  readonly kernelspec: { readonly [key: string]: JsonValue };
  readonly languageInfo: { readonly [key: string]: JsonValue };
}

export const progLanguages: Readonly<Record<ProgLang, ProgLanguage>> = {
  python: {
    comment: "#",
    extension: ".py",
    folder: "Python",
    highlight: "python",
    kernelspec: { name: "python3", display_name: "Python 3 (ipykernel)", language: "python" },
    languageInfo: {
      name: "python",
      file_extension: ".py",
      mimetype: "text/x-python",
      pygments_lexer: "ipython3",
      codemirror_mode: { name: "ipython", version: 3 },
    },
  },
  cpp: {
    comment: "//",
    extension: ".cpp",
    folder: "Cpp",
    highlight: "cpp",
    kernelspec: { name: "xcpp20", display_name: "C++20", language: "cpp" },
    languageInfo: {
      name: "C++",
      file_extension: ".cpp",
      mimetype: "text/x-c++src",
      codemirror_mode: "text/x-c++src",
    },
  },
  csharp: {
    comment: "//",
    extension: ".cs",
    folder: "CSharp",
    highlight: "csharp",
    kernelspec: { name: ".net-csharp", display_name: ".NET (C#)", language: "C#" },
    languageInfo: {
      name: "C#",
      version: "12.0",
      file_extension: ".cs",
      mimetype: "text/x-csharp",
      pygments_lexer: "csharp",
    },
  },
  java: {
    comment: "//",
    extension: ".java",
    folder: "Java",
    highlight: "java",
    kernelspec: { name: "java", display_name: "Java", language: "java" },
    languageInfo: {
      name: "java",
      file_extension: ".java",
      mimetype: "text/x-java-source",
      codemirror_mode: "java",
      pygments_lexer: "java",
    },
  },
  typescript: {
    comment: "//",
    extension: ".ts",
    folder: "TypeScript",
    highlight: "typescript",
    kernelspec: { name: "deno", display_name: "Deno", language: "typescript" },
    languageInfo: {
      name: "typescript",
      version: "5.6.2",
      file_extension: ".ts",
      mimetype: "text/x.typescript",
      codemirror_mode: "typescript",
      pygments_lexer: "typescript",
    },
  },
  rust: {
    comment: "//",
    extension: ".rs",
    folder: "Rust",
    highlight: "rust",
    kernelspec: { name: "rust", display_name: "Rust", language: "rust" },
    languageInfo: {
      name: "Rust",
      file_extension: ".rs",
      mimetype: "text/rust",
      codemirror_mode: "rust",
      pygments_lexer: "rust",
    },
  },
};

/** The language of a source file, by its extension. */
export function progLangOfExtension(extension: string): ProgLang | undefined {
  const known = Object.entries(progLanguages) as [ProgLang, ProgLanguage][];
  return known.find(([, language]) => language.extension === extension)?.[0];
}
