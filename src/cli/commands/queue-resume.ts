import { defineCommand } from "../command.ts";
import { isSameScope, scopeOf, scopeOptions, tellChange } from "../queue/scope-options.ts";
import { userName } from "../user-name.ts";

export const queueResume = defineCommand({
  name: "queue resume",
  usage: "queue resume [--queue NAME] [--type TYPE]",
  summary: "let tasks go that were held back; workers that wait for them begin at once",
  examples: [
    { wish: "let notebooks go again", line: "clx queue resume --type notebook" },
    { wish: "what is held back", line: "clx queue list" },
  ],
  details:
    "It ends the pause that was made with the same options; others stay in force, and are named.",
  options: scopeOptions,
  async run({ openStore, terminal, clock }, { values }) {
    const scope = scopeOf(values);
    const store = await openStore("read");
    const changed = (await store.listPauses()).some((one) => isSameScope(one, scope));
    const pauses = await store.setPause({ scope, paused: false, by: userName(), now: clock() });
    const words = { done: "go on", before: "were not held back by a pause of their own" };
    tellChange(terminal, { scope, changed, pauses }, words);
    return 0;
  },
});
