import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { namedAgents } from "../../config/agents.ts";
import type { Config } from "../../config/config.ts";
import { workFolders } from "../../config/work-folders.ts";
import { resolveWorkerPolicy } from "../../config/worker-policy.ts";
import { span } from "../../domain/time-words.ts";
import { configuredSupervisor } from "../../library/configured-supervisor.ts";
import { lackOfAgents } from "../../library/lack-of-agents.ts";
import { closeAll, makeExecutors } from "../../library/make-executors.ts";
import { workerApiFor } from "../../library/worker-api-for.ts";
import { tidyAtRest } from "../../machine/tidy-at-rest.ts";
import { resolveServerSettings } from "../../server/resolve-settings.ts";
import { type RunningServer, startServer } from "../../server/run-server.ts";
import type { ServerSettings } from "../../server/server-settings.ts";
import type { PoolSpec } from "../../supervisor/pool.ts";
import type { CommandContext } from "../command.ts";
import type { Log } from "../logging/log.ts";
import { type LogWishes, logOn } from "../logging/log-options.ts";
import { counted } from "../present/counted.ts";
import { configuredTypes, servedTypes, servicesPools } from "../services/services-setup.ts";
import { onStopSignal } from "../stop-signals.ts";
import { version } from "../version.ts";
import { watchForLoss } from "../workers/lost-database.ts";
import { runSetupOf } from "../workers/run-setup.ts";
import { settle } from "../workers/settle.ts";
import { logHealth } from "./log-health.ts";
import { logTasks } from "./log-tasks.ts";

export interface ServeParams {
  readonly config: Config;
  readonly log: LogWishes;
}

/** Serves until told to stop. */
export async function serveHere(context: CommandContext, params: ServeParams): Promise<number> {
  const { terminal, cwd } = context;
  const config = await settle({ ...context, config: params.config }, servedTypes(params.config));
  const databasePath = resolve(context.database.path);
  const settings = resolveServerSettings(config, { databasePath, version: version() });
  const policy = resolveWorkerPolicy(config);
  mkdirSync(dirname(databasePath), { recursive: true });
  const store = await context.openStore("write");
  const log = logOn(terminal, { ...params.log, stream: "stderr" });
  const templates = templatesFor(settings, { config, cwd }, log);
  const executors = makeExecutors({ say: (line) => log.say(line) });
  const stop = new AbortController();
  const loss = watchForLoss(databasePath);
  const tasks = await logTasks({ store, log, signal: stop.signal });
  try {
    const server = await startServer({
      ...{ store, config, settings, templates },
      lackOf: (type) => (type === "agent" ? lackOfAgents(config) : undefined),
      log: (level, message, facts) => log.say(message, { ...facts, level }),
      supervisor: {
        ...configuredSupervisor(policy, databasePath),
        workerApi: workerApiFor(
          databasePath,
          "server",
          templates.flatMap(({ container }) => container ?? []),
        ),
        timing: { ...policy.timing, stopGraceMs: settings.shutdownMs },
        ...{ store, executors },
        onError: (error) => log.say(messageOf(error), { level: "error" }),
      },
    });
    const health = logHealth({ store, workforce: server.workforce, log });
    stop.signal.addEventListener("abort", () => clearInterval(health));
    // Whoever reads that it serves may tell it to stop at once.
    const told = whenTold({ context, server, settings, log, loss: loss.signal });
    announce(context, { server, settings, templates, logFolder: policy.logFolder });
    tidyAtRest();
    await told;
    await server.stop();
  } catch (error) {
    loss.look();
    throw loss.signal.aborted ? loss.signal.reason : error;
  } finally {
    loss.close();
    stop.abort();
    await tasks.end();
    await closeAll(executors);
  }
  loss.look();
  if (loss.signal.reason instanceof Error) throw loss.signal.reason;
  log.say("the server has stopped");
  return 0;
}

/**
 * A pool for each type. At its start a server keeps workers for programs, for agents where one can
 * be used, and of the types that the configuration speaks of. Converters that nobody asked for
 * would hold memory and the places of workers that may be added; they can be added themselves.
 */
function templatesFor(
  { mode }: ServerSettings,
  from: { readonly config: Config; readonly cwd: string },
  log: Log,
): readonly PoolSpec[] {
  const { pools, left } = servicesPools(runSetupOf(from), undefined);
  for (const { type, why } of left) log.say(`no ${type} workers: ${why}`);
  const isManaged = mode === "managed";
  const lack = lackOfAgents(from.config);
  if (lack !== undefined) {
    // Who never asked for agents misses none.
    const level = namedAgents(from.config).length > 0 ? "warn" : "debug";
    log.say(`no agent workers: ${lack}`, { level });
  }
  const usable = lack === undefined ? ["agent"] : [];
  const asked = ["command", ...usable, ...configuredTypes(from.config)];
  return pools.map((pool) => ({
    ...pool,
    count: asked.includes(pool.type) ? pool.count : 0,
    mode: !isManaged ? "inline" : pool.mode === "docker" ? "docker" : "direct",
    persistent: isManaged,
  }));
}

/** Listens from now on. Resolves when it shall stop; what comes after that hurries it. */
function whenTold(params: {
  readonly context: CommandContext;
  readonly server: RunningServer;
  readonly settings: ServerSettings;
  readonly log: Log;
  readonly loss: AbortSignal;
}): Promise<void> {
  const { context, server, settings, log, loss } = params;
  const told = Promise.withResolvers<void>();
  onStopSignal((count, signal) => {
    if (count === 1) {
      log.say(
        `${signal}: new work is refused; running tasks have ${span(settings.shutdownMs)} to end, once more gives them back now`,
      );
    } else {
      if (count > 2) process.kill(process.pid, "SIGKILL");
      if (count === 2)
        log.say(
          `${signal}: ending the tasks now, and giving them back; once more ends the server however it stands`,
        );
      server.hurry();
    }
    told.resolve();
  });
  loss.addEventListener("abort", () => {
    log.say(`the database ${settings.databasePath} is gone: ending the server`, { level: "error" });
    server.hurry();
    told.resolve();
  });
  context.terminal.onOutputClosed(() => {});
  return told.promise;
}

/** One line, which programs wait for. */
function announce(
  { terminal }: CommandContext,
  params: {
    readonly server: RunningServer;
    readonly settings: ServerSettings;
    readonly templates: readonly PoolSpec[];
    readonly logFolder: string | undefined;
  },
): void {
  const { server, settings, templates } = params;
  const { mode, databasePath } = settings;
  const { logFolder } = workFolders(databasePath, params.logFolder);
  const count = mode === "standalone" ? 0 : templates.reduce((sum, one) => sum + one.count, 0);
  if (terminal.json) {
    terminal.printJson({
      url: server.url,
      mode,
      pid: process.pid,
      workers: count,
      database: databasePath,
      log_folder: logFolder,
    });
    return;
  }
  const workers =
    mode === "standalone" ? "workers are started by others" : counted(count, "worker");
  terminal.print(
    `clx serves ${server.url} (${mode} mode, ${workers}; database ${databasePath}; logs of workers in ${logFolder})`,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
