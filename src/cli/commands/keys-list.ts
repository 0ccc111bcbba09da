import type { ApiKey } from "../../store/access-store.ts";
import { defineCommand } from "../command.ts";
import { keyJson } from "../keys/key-json.ts";
import { type Column, printTable } from "../present/table.ts";
import { age } from "../present/time.ts";

export const keysList = defineCommand({
  name: "keys list",
  usage: "keys list",
  summary: "show the keys of the server: role, age, last use",
  examples: [{ wish: "which keys are in force", line: "clx keys list" }],
  options: {},
  async run({ openStore, terminal, clock }) {
    const store = await openStore("read");
    const keys = await store.access.listKeys();
    if (terminal.json) terminal.printJson({ keys: keys.map(keyJson) });
    else if (keys.length === 0) terminal.note("no keys: the server trusts this machine");
    else printTable(terminal, columns(clock()), keys);
    return 0;
  },
});

function columns(now: number): Column<ApiKey>[] {
  const ago = (at: number | undefined) => (at === undefined ? "never" : `${age(at, now)} ago`);
  return [
    { header: "NAME", value: ({ name }) => name, shrinkTo: 12, cut: "middle" },
    { header: "ROLE", value: ({ role }) => role },
    { header: "KEY", value: ({ hint }) => `${hint}…` },
    { header: "MADE", value: ({ createdAt }) => ago(createdAt), align: "right" },
    { header: "USED", value: ({ lastUsedAt }) => ago(lastUsedAt), align: "right" },
    {
      header: "IN FORCE",
      value: ({ revokedAt }) => (revokedAt === undefined ? "yes" : `revoked ${ago(revokedAt)}`),
      colour: ({ revokedAt }) => (revokedAt === undefined ? undefined : "grey"),
    },
    { header: "ID", value: ({ id }) => id, shrinkTo: 8, cut: "middle" },
  ];
}
