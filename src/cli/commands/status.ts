import { parseWhole } from "../../config/number.ts";
import { knownTypes } from "../../config/pool-settings.ts";
import { ClxError } from "../../domain/errors.ts";
import type { Health } from "../../overview/overview.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { nameHolders } from "../name-holders.ts";
import { noOverviewJson, overviewJson } from "../status/overview-json.ts";

const exitCodes: Record<Health["level"], number> = { well: 0, degraded: 1, down: 2 };

export const status = defineCommand({
  name: "status",
  usage: "status [--limit N]",
  summary: "show how everything stands: workers, queues, rates, what waits and why",
  examples: [
    { wish: "how things stand", line: "clx status" },
    {
      wish: "ask from a script whether all is well",
      line: "clx status > /dev/null || echo trouble",
    },
    {
      wish: "queue depth per worker type",
      line: "clx status --json | jq '.types[] | {type, pending}'",
    },
  ],
  details: `Exit code
  0  well: nothing needs anybody; also when there is no database yet
  1  degraded: tasks wait that no live worker takes while others go on; workers hang, are
     silent, or have lost their process; a supervisor is gone; a pool has too few workers;
     tasks wait for memory; the database takes more than a second to answer
  2  down: tasks wait, none runs, and no live worker takes any of them; or the database
     cannot be used

/MIN and /HOUR are completed tasks, FAILED those of the last hour; EACH is how long the tasks
took that completed last. "clx monitor" shows the same live, "clx doctor" looks at what is wrong.`,
  options: {
    limit: { type: "string", value: "N", help: "show at most N tasks in each list (default: 10)" },
  },
  async run(context, { values }) {
    const limit = parseWhole(values.limit ?? "10", "--limit", { atLeast: 0 });
    if (!context.database.exists) return await noDatabase(context);
    try {
      return await showOverview(context, limit);
    } catch (error) {
      if (!(error instanceof ClxError && error.code.startsWith("store_"))) throw error;
      return unusable(context, await nameHolders(error, context.database.path));
    }
  },
});

async function showOverview(context: CommandContext, limit: number): Promise<number> {
  const { terminal, clock, cwd, database, config } = context;
  const { openToLook } = await import("../status/look-at-store.ts");
  const store = await openToLook(database);
  try {
    const { lookAtMachine } = await import("../../overview/look-at-machine.ts");
    const { readOverview } = await import("../../overview/read-overview.ts");
    const overview = await readOverview(store, lookAtMachine(knownTypes(config)), clock());
    if (terminal.json) {
      terminal.printJson(overviewJson(overview));
    } else {
      const { printOverview } = await import("../status/print-overview.ts");
      printOverview(terminal, { overview, cwd, limit });
    }
    return exitCodes[overview.health.level];
  } finally {
    await store.close();
  }
}

/** Nothing was ever submitted: that is no trouble. */
async function noDatabase(context: CommandContext): Promise<number> {
  const { terminal, database, clock } = context;
  const { path } = database;
  const trouble = await missedDatabase(context);
  const health = trouble ? "down" : "well";
  if (terminal.json) {
    const findings = trouble ? [{ code: "store_missing", ...trouble }] : [];
    terminal.printJson(noOverviewJson({ at: clock(), path, exists: false, health, findings }));
    return exitCodes[health];
  }
  const { message, next } = trouble ?? {
    message: `nothing has been submitted here yet: there is no database ${path}`,
    next: firstTask,
  };
  terminal.print(trouble ? `${terminal.paint("down", "red")}: ${message}` : message);
  terminal.print(next);
  return exitCodes[health];
}

const firstTask = `"clx submit command --wait -- echo hello" makes it and runs a first task`;

/** Somebody named the file, or services were started with it: it should be there. */
async function missedDatabase({ cwd, database: { path, source } }: CommandContext) {
  if (source !== "project") {
    return { message: `there is no database at ${path} (from ${source})`, next: firstTask };
  }
  const { servicesPlace } = await import("../services/services-setup.ts");
  const { readServicesState } = await import("../../lifecycle/services/services-state.ts");
  const state = readServicesState(servicesPlace(cwd).statePath);
  if (state === undefined) return undefined;
  return {
    message: `the database of the services has been deleted or moved away: ${state.database.path}`,
    next: `put it back, or end what is left of them with "clx stop-services" and begin anew`,
  };
}

function unusable({ terminal, database, clock }: CommandContext, error: ClxError): number {
  const { code, message } = error;
  const next = `"clx doctor" looks at the database, its folder, and who holds it`;
  if (terminal.json) {
    const { path } = database;
    const findings = [{ code, message, next }];
    terminal.printJson(
      noOverviewJson({ at: clock(), path, exists: true, health: "down", findings }),
    );
  } else {
    terminal.print(`${terminal.paint("down", "red")}: ${message}`);
    terminal.print(next);
  }
  return exitCodes.down;
}
