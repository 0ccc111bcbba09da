import { roles } from "../../domain/role.ts";
import { defineCommand } from "../command.ts";
import { parseOneOf } from "../input/one-of.ts";
import { auditKey } from "../keys/audit-key.ts";
import { keyJson } from "../keys/key-json.ts";
import { UsageError } from "../usage-error.ts";

export const keysCreate = defineCommand({
  name: "keys create",
  usage: `keys create NAME --role ${roles.join("|")}`,
  summary: "make a key for the server, shown once",
  examples: [
    { wish: "let a program submit tasks", line: "clx keys create nightly-build --role operator" },
    { wish: "sign in to the dashboard with all rights", line: "clx keys create anna --role admin" },
  ],
  details:
    "A viewer sees everything, an operator changes tasks, queues and workers, an admin makes and\nrevokes keys too. The database keeps a hash of the key alone: who loses a key makes another.\nOnce a key is in force, everybody needs one, on this machine too.",
  options: {
    role: { type: "string", value: roles.join("|"), help: "what may be done with it" },
  },
  words: { atLeast: 1, atMost: 1 },
  async run({ openStore, terminal, clock }, { values, words: [name = ""] }) {
    if (values.role === undefined) {
      throw new UsageError(`--role is missing: ${roles.join(", ")}`);
    }
    const role = parseOneOf(values.role, "--role", roles);
    const store = await openStore("write");
    const wasOpen = !(await store.access.hasKeys());
    const { makeKey } = await import("../../server/gate/keys.ts");
    const { key, secret } = await makeKey({ access: store.access, name, role, now: clock() });
    await auditKey({ store, action: "key.create", key, at: clock() });
    if (terminal.json) {
      terminal.printJson({ ...keyJson(key), key: secret });
      return 0;
    }
    terminal.note(`the key "${name}" (${role}), which is not shown again:`);
    terminal.print(secret);
    if (wasOpen) terminal.hint("from now on everybody needs a key");
    return 0;
  },
});
