import { namedAgents } from "../../config/agents.ts";
import type { Config } from "../../config/config.ts";
import { ClxError } from "../../domain/errors.ts";
import { defineCommand, type Given } from "../command.ts";
import { poolOptions } from "../config-options.ts";
import { logOptions, readLogWishes } from "../logging/log-options.ts";
import {
  configuredTypes,
  servedTypes,
  servicesPlace,
  servicesPools,
  typesOf,
} from "../services/services-setup.ts";
import type { StartedServices } from "../services/start-here.ts";
import type { Terminal } from "../terminal.ts";
import { runSetupOf } from "../workers/run-setup.ts";
import { settle } from "../workers/settle.ts";
import { lackJson, lacksOf, lackWords } from "../workers/warn-of-lacks.ts";

const own = {
  types: {
    type: "string",
    value: "TYPE,…",
    help: "workers of these types only (default: all that are configured)",
  },
  wait: { type: "boolean", help: "return when the workers are ready, not only registered" },
  force: { type: "boolean", help: "start them although memory or processor are short" },
  ...logOptions,
} as const;

export const startServices = defineCommand({
  name: "start-services",
  usage: "start-services [--types TYPE,…] [--wait] [options]",
  summary: "start workers that stay, until clx stop-services",
  examples: [
    { wish: "start them and wait until they are ready", line: "clx start-services --wait" },
    {
      wish: "start four that run programs",
      line: "clx start-services --types command --command-workers 4",
    },
    {
      wish: "serve a database elsewhere",
      line: "clx start-services --db-path /data/clx_jobs.db",
    },
  ],
  details: `The workers are kept by a process of their own in the background: it replaces those that die, and
its log is .clx/services.log. Should it be killed, the workers go on, and the next start-services
takes them over. Where they run already nothing is started; a changed configuration is applied by
stopping and starting them.`,
  options: { ...own, ...poolOptions },
  async run(context, { values }) {
    const { types, wait = false, force = false, ...given } = values as Given<typeof own>["values"];
    // --json is about what this command prints, not about the log.
    const log = readLogWishes(given, { verbose: context.verbose, json: false });
    const named = typesOf(types);
    const config = await settle(context, named ?? servedTypes(context.config));
    const setup = runSetupOf({ ...context, config });
    const { pools: wanted, left } = servicesPools(setup, named);
    const lack = named === undefined ? await lackOfUnaskedAgents(setup.config) : undefined;
    const pools = lack === undefined ? wanted : wanted.filter(({ type }) => type !== "agent");
    if (pools.length === 0) throw nothingToStart(lack);
    const { startHere } = await import("../services/start-here.ts");
    const place = servicesPlace(context.cwd);
    const looking = lacksOf(context, {
      config: setup.config,
      pools,
      logFolder: setup.policy.logFolder,
    });
    const started = await startHere(context, {
      ...{ setup, place, pools, wait, force, logFormat: log.format, logLevel: log.level },
    });
    const lacks = started.status === "started" ? await looking : [];
    const { terminal, database } = context;
    if (terminal.json) {
      const document = startedJson(started, database.path, place.statePath);
      terminal.printJson({ ...document, warnings: lacks.map(lackJson) });
    } else {
      tell(terminal, started, database.path);
      for (const lack of lacks) terminal.note(lackWords(lack));
    }
    for (const { type, why } of left) terminal.note(`no ${type} workers: ${why}`);
    // Who never asked for agents misses none.
    if (lack !== undefined && namedAgents(config).length > 0) {
      terminal.note(`no agent workers: ${lack}`);
    }
    return wait && started.troubles.length > 0 ? 1 : 0;
  },
});

/** Why agents could not work that nobody has asked workers for. */
async function lackOfUnaskedAgents(config: Config): Promise<string | undefined> {
  if (configuredTypes(config).includes("agent")) return undefined;
  const { lackOfAgents } = await import("../../library/lack-of-agents.ts");
  return lackOfAgents(config);
}

function nothingToStart(lack: string | undefined): ClxError {
  const why =
    "no worker type has a count above 0; name one with --types, or set a count in [workers]";
  return new ClxError("invalid_value", lack === undefined ? why : `${why}. And ${lack}`);
}

function tell(terminal: Terminal, started: StartedServices, databasePath: string): void {
  const { status, pid, workers, changes, troubles, notes, logPath } = started;
  for (const note of notes) terminal.note(note);
  const what = status === "started" ? "services are started" : "services run already";
  terminal.print(`${what}: process ${pid}, database ${databasePath}`);
  for (const { id, type, mode, configSource, adopted } of workers) {
    const how = adopted ? "taken over" : `configuration: ${configSource}`;
    terminal.print(`  ${id}  ${type}, ${mode}, ${how}`);
  }
  for (const trouble of troubles) terminal.note(trouble);
  if (changes.length > 0) {
    terminal.note(`the configuration has changed since: ${changes.join("; ")}`);
    terminal.note('it is applied by "clx stop-services && clx start-services"');
  }
  if (logPath !== undefined) terminal.note(`their log: ${logPath}; "clx stop-services" ends them`);
}

function startedJson(started: StartedServices, database: string, statePath: string) {
  return {
    status: started.status,
    pid: started.pid,
    database,
    state_path: statePath,
    log_path: started.logPath ?? null,
    workers: started.workers.map(({ id, type, mode, configSource, adopted }) => ({
      ...{ id, type, mode, adopted },
      config_source: configSource,
    })),
    changes: started.changes,
    troubles: started.troubles,
    notes: started.notes,
  };
}
