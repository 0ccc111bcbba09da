import { defineCommand } from "../command.ts";
import { isSameScope, scopeOf, scopeOptions, tellChange } from "../queue/scope-options.ts";
import { userName } from "../user-name.ts";

export const queuePause = defineCommand({
  name: "queue pause",
  usage: "queue pause [--queue NAME] [--type TYPE] [--reason TEXT]",
  summary: "hold tasks back: workers take no more of them until they are let go",
  examples: [
    {
      wish: "let nobody take notebooks while their kernel is changed",
      line: 'clx queue pause --type notebook --reason "new kernel"',
    },
    { wish: "hold back everything", line: "clx queue pause" },
  ],
  details:
    'What runs goes on, and tasks can be submitted. It outlives every process and holds until\n"clx queue resume" with the same options. Without --queue and --type it is about all tasks.',
  options: {
    ...scopeOptions,
    reason: { type: "string", value: "TEXT", help: "for those who wonder" },
  },
  async run({ openStore, terminal, clock }, { values }) {
    const scope = scopeOf(values);
    const store = await openStore("write");
    const changed = !(await store.listPauses()).some((one) => isSameScope(one, scope));
    const pauses = await store.setPause({
      ...{ scope, paused: true, by: userName(), now: clock() },
      ...(values.reason !== undefined && { reason: values.reason }),
    });
    const words = { done: "are held back", before: "were held back already" };
    tellChange(terminal, { scope, changed, pauses }, words);
    return 0;
  },
});
