import { homedir } from "node:os";
import { findPlaces } from "../../config/layers/places.ts";
import { defineCommand } from "../command.ts";
import { type Column, printTable } from "../present/table.ts";

export const configLocate = defineCommand({
  name: "config locate",
  usage: "config locate",
  summary: "print where configuration files are looked for, strongest first",
  examples: [{ wish: "which files count, and which are there", line: "clx config locate" }],
  options: {},
  bearsWrongConfig: true,
  async run({ terminal, cwd }) {
    const places = findPlaces({ cwd, env: process.env, home: homedir() });
    if (terminal.json) {
      const files = places.map(({ location, path, exists }) => ({ location, path, exists }));
      terminal.printJson({ files });
      return 0;
    }
    const columns: Column<(typeof places)[number]>[] = [
      { header: "LOCATION", value: ({ location }) => location },
      { header: "FILE", value: ({ exists }) => (exists ? "yes" : "no") },
      {
        header: "PATH",
        value: ({ path }) => path,
        shrinkTo: 20,
        cut: "middle",
      },
    ];
    printTable(terminal, columns, places);
    return 0;
  },
});
