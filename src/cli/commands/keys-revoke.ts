import { defineCommand } from "../command.ts";
import { auditKey } from "../keys/audit-key.ts";
import { keyJson } from "../keys/key-json.ts";

export const keysRevoke = defineCommand({
  name: "keys revoke",
  usage: "keys revoke NAME|ID",
  summary: "end a key at once, and all that signed in with it",
  examples: [{ wish: "end a key that was lost", line: "clx keys revoke nightly-build" }],
  details: "It asks nothing, and does no harm when the key is revoked already.",
  options: {},
  words: { atLeast: 1, atMost: 1 },
  async run({ openStore, terminal, clock }, { words: [nameOrId = ""] }) {
    const store = await openStore("read");
    const { access } = store;
    const { revokeKey } = await import("../../server/gate/keys.ts");
    const { key, changed } = await revokeKey({ access, nameOrId, now: clock() });
    if (changed) await auditKey({ store, action: "key.revoke", key, at: clock() });
    if (terminal.json) {
      terminal.printJson({ ...keyJson(key), changed });
      return 0;
    }
    terminal.print(`the key "${key.name}" ${changed ? "is revoked" : "was revoked already"}`);
    if (changed && !(await access.hasKeys())) {
      terminal.hint("no key is left: a server on this machine trusts whoever reaches it");
    }
    return 0;
  },
});
