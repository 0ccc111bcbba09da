export interface ProgramOutputParams {
  readonly timeoutMs: number;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * What a small program of the system prints; "" when it cannot be run.
 *
 * `node:child_process` is loaded only here: it costs every worker 3 MB and 2 ms, and on Linux
 * nothing has to be asked of a program.
 */
export function outputOf(
  program: string,
  args: readonly string[],
  { timeoutMs, env }: ProgramOutputParams,
): string {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const how = { encoding: "utf8", timeout: timeoutMs, ...(env !== undefined && { env }) } as const;
  return spawnSync(program, args, how).stdout ?? "";
}
