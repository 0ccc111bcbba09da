import { defineCommand } from "../command.ts";
import { dryRunOption } from "../dry-run.ts";
import { auditKey } from "../keys/audit-key.ts";
import { keyJson } from "../keys/key-json.ts";

export const keysRevoke = defineCommand({
  name: "keys revoke",
  usage: "keys revoke NAME|ID [--dry-run]",
  summary: "end a key at once, and all that signed in with it",
  examples: [{ wish: "end a key that was lost", line: "clx keys revoke nightly-build" }],
  details: "It asks nothing, and does no harm when the key is revoked already.",
  options: dryRunOption,
  words: { atLeast: 1, atMost: 1 },
  async run({ openStore, terminal, clock }, { values, words: [nameOrId = ""] }) {
    const dryRun = values["dry-run"] ?? false;
    const store = await openStore("read");
    const { access } = store;
    const { findKey, revokeKey } = await import("../../server/gate/keys.ts");
    const found = findKey(await access.listKeys(), nameOrId);
    const { key, changed } = dryRun
      ? { key: found, changed: found.revokedAt === undefined }
      : await revokeKey({ access, nameOrId, now: clock() });
    if (changed && !dryRun) await auditKey({ store, action: "key.revoke", key, at: clock() });
    if (terminal.json) {
      terminal.printJson({ ...keyJson(key), changed, dry_run: dryRun });
      return 0;
    }
    const verb = changed ? (dryRun ? "would be revoked" : "is revoked") : "was revoked already";
    terminal.print(`the key "${key.name}" ${verb}`);
    if (changed && !(await access.hasKeys())) {
      terminal.hint("no key is left: a server on this machine trusts whoever reaches it");
    }
    return 0;
  },
});
