import { type ErrorCode, errorFacts } from "../../domain/errors.ts";
import { nearestName } from "../../domain/nearest-name.ts";
import { defineCommand } from "../command.ts";
import { printTable } from "../present/table.ts";
import { wrap } from "../present/wrap.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

const codes = Object.keys(errorFacts) as ErrorCode[];

export const explain = defineCommand({
  name: "explain",
  usage: "explain [CODE]",
  summary: "say what the code of an error means, and what to do",
  examples: [
    { wish: "what an error is about", line: "clx explain store_busy" },
    { wish: "all codes", line: "clx explain" },
  ],
  details: "Codes never change their meaning. The same is in docs/errors.md of the package.",
  options: {},
  words: { atLeast: 0, atMost: 1 },
  bearsWrongConfig: true,
  async run({ terminal }, { words: [word] }) {
    const wanted = word === undefined ? codes : [codeOf(word)];
    const explained = await explainAll(wanted);
    const [only] = explained;
    if (word === undefined) printAll(terminal, explained);
    else if (only !== undefined) printOne(terminal, only);
    return 0;
  },
});

function codeOf(word: string): ErrorCode {
  const code = codes.find((one) => one === word);
  if (code !== undefined) return code;
  const meant = nearestName(word, codes);
  const hint = meant ? `did you mean ${meant}?` : '"clx explain" lists them';
  throw new UsageError(`no error has the code "${word}"; ${hint}`);
}

interface Explained {
  readonly code: ErrorCode;
  readonly meaning: string;
  readonly whatToDo: string;
  readonly exitCode: number;
  readonly status: number;
}

async function explainAll(wanted: readonly ErrorCode[]): Promise<readonly Explained[]> {
  const { errorDocs } = await import("../../domain/error-docs.ts");
  // The page has marks for what is to be typed.
  const plain = (text: string) => text.replaceAll("`", '"');
  return wanted.map((code) => {
    const { meaning, whatToDo } = errorDocs[code];
    return { code, ...errorFacts[code], meaning: plain(meaning), whatToDo: plain(whatToDo) };
  });
}

function printAll(terminal: Terminal, all: readonly Explained[]): void {
  if (terminal.json) {
    terminal.printJson({ errors: all.map(json) });
    return;
  }
  const columns = [
    { header: "CODE", value: ({ code }: Explained) => code },
    { header: "EXIT", value: ({ exitCode }: Explained) => String(exitCode), align: "right" },
    { header: "MEANING", value: ({ meaning }: Explained) => meaning, shrinkTo: 10 },
  ] as const;
  printTable(terminal, columns, all);
}

function printOne(terminal: Terminal, one: Explained): void {
  if (terminal.json) {
    terminal.printJson(json(one));
    return;
  }
  const { code, meaning, whatToDo, exitCode, status } = one;
  const width = terminal.columns;
  const lines = [
    ...wrap(meaning, { width, first: `${code}: ` }),
    ...wrap(whatToDo, { width, first: "What to do: " }),
    `Exit code ${exitCode}; HTTP status ${status}, where the server says it.`,
  ];
  for (const line of lines) terminal.print(line);
}

function json({ code, meaning, whatToDo, exitCode, status }: Explained) {
  return { code, meaning, what_to_do: whatToDo, exit_code: exitCode, http_status: status };
}
