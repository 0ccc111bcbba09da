import { type ConfigRow, explainConfig } from "../../config/explain-config.ts";
import { describeOrigin } from "../../config/origin.ts";
import { defineCommand } from "../command.ts";
import { configOptions } from "../config-options.ts";
import { type Column, printTable } from "../present/table.ts";

export const configShow = defineCommand({
  name: "config show",
  usage: "config show [options]",
  summary: "print every setting in force, and who said it",
  examples: [
    { wish: "what is in force, and who said it", line: "clx config show" },
    { wish: "what would be in force with an option", line: "clx config show --workers=docker" },
    { wish: "as JSON, for a script", line: "clx config show --format json" },
  ],
  details: "A key in parentheses is the one that said the value in the place of the other.",
  options: configOptions,
  async run({ terminal, config }) {
    const rows = explainConfig(config);
    if (terminal.json) {
      const files = config.places.map(({ location, path, exists }) => ({ location, path, exists }));
      terminal.printJson({ files, values: rows.map(asJson) });
    } else printTable(terminal, columns, rows);
    return 0;
  },
});

const columns: readonly Column<ConfigRow>[] = [
  { header: "KEY", value: ({ key }) => key, colour: dimDefault },
  { header: "VALUE", value: ({ toml }) => toml ?? "-", shrinkTo: 10, colour: dimDefault },
  { header: "FROM", value: fromWords, shrinkTo: 20, cut: "middle", colour: dimDefault },
];

function fromWords({ origin, via, toml }: ConfigRow): string {
  if (toml === undefined) return "not set";
  return via === undefined ? describeOrigin(origin) : `${describeOrigin(origin)} (${via})`;
}

function dimDefault({ origin }: ConfigRow) {
  return origin.kind === "default" ? ("grey" as const) : undefined;
}

function asJson({ key, json, origin, via }: ConfigRow) {
  return { key, value: json, origin, via: via ?? null };
}
