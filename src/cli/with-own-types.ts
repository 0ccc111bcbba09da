import { examineConfig } from "../config/load-config.ts";
import { ConfigError } from "../config/problem.ts";
import type { Command } from "./command.ts";
import { countOptionsFor, takesCounts } from "./config-options.ts";

/**
 * The command with `--TYPE-workers` for the worker types of the configuration too.
 *
 * @throws ConfigError for a wrong configuration, unless only its help is wanted: an option for
 * a type that could not be read would seem unknown
 */
export async function withOwnTypes(command: Command, args: readonly string[]): Promise<Command> {
  if (!takesCounts(command)) return command;
  const { config, problems } = await examineConfig({ cwd: process.cwd() });
  const wantsHelp = args.includes("--help") || args.includes("-h");
  if (problems.length > 0 && !wantsHelp) throw new ConfigError(problems);
  return { ...command, options: { ...command.options, ...countOptionsFor(config.ownTypes) } };
}
