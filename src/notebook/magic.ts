import type { ProgLang } from "./notebook.ts";

/**
 * Commands to the kernel (`%matplotlib inline`, `!pip list`) are no code of the language: in
 * a source they stand as comments, so that it stays a program. Python alone has them.
 */
const command = /^(%{1,2}[a-zA-Z]|[!?][^\s=!?])/;

export function uncommentMagic(line: string, progLang: ProgLang): string {
  const [, indent = "", rest = ""] = /^(\s*)# (.*)$/.exec(line) ?? [];
  return progLang === "python" && command.test(rest) ? indent + rest : line;
}

export function commentMagic(line: string, progLang: ProgLang): string {
  const [, indent = "", rest = ""] = /^(\s*)(.*)$/.exec(line) ?? [];
  return progLang === "python" && command.test(rest) ? `${indent}# ${rest}` : line;
}
