import { execFile } from "node:child_process";

export interface GitAnswer {
  readonly ok: boolean;
  readonly text: string;
}

/** Nobody is asked, nothing of the user's configuration takes part, and it does not last for ever. */
const gitTimeoutMs = 60_000;

export function git(folder: string, args: readonly string[]): Promise<GitAnswer> {
  const options = {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" },
    timeout: gitTimeoutMs,
    maxBuffer: 16 * 1_048_576,
  };
  const safe = ["-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*", ...args];
  return new Promise((resolve) => {
    execFile("git", safe, options, (error, stdout, stderr) => {
      const said = error === null ? stdout : stderr || error.message;
      resolve({ ok: error === null, text: said.trim() });
    });
  });
}

/** @throws Error with what git said */
export async function gitOrThrow(folder: string, args: readonly string[]): Promise<string> {
  const { ok, text } = await git(folder, args);
  if (ok) return text;
  throw new Error(`git ${args.slice(0, 2).join(" ")} in ${folder}: ${text}`);
}

/** Of the worker's user. Empty when it is not set, or when there is no git. */
export function ownGitSetting(name: string): Promise<string> {
  return new Promise((resolve) => {
    execFile("git", ["config", "--global", name], { timeout: gitTimeoutMs }, (_, stdout) =>
      resolve(stdout.trim()),
    );
  });
}
