import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

const run = promisify(execFile);

/** The program that reads compose files here: Docker's own plugin, or Debian's. */
export function composeForTests(): readonly string[] | undefined {
  const found = [["docker", "compose"], ["docker-compose"]].find(works);
  if (found === undefined) {
    const message = "there is neither docker compose nor docker-compose";
    if (process.env.CLX_TEST_DOCKER === "required") throw new Error(message);
    process.stderr.write(`\n*** COMPOSE TESTS SKIPPED: ${message} ***\n\n`);
  }
  return found;
}

function works([program = "", ...args]: readonly string[]): boolean {
  try {
    execFileSync(program, [...args, "version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export interface ComposeParams {
  readonly program: readonly string[];
  readonly file: string;
  readonly project: string;
  /** Started from here. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A project of compose, which goes with the test. */
export class Compose {
  readonly #params: ComposeParams;

  constructor(params: ComposeParams) {
    this.#params = params;
    onTestFinished(async () => {
      await this.do("down", "--volumes", "--timeout", "5");
    }, 60_000);
  }

  /** Answers with its stdout. */
  async do(...args: readonly string[]): Promise<string> {
    const { program, file, project, cwd, env } = this.#params;
    const [command = "", ...first] = program;
    const all = [...first, "--file", file, "--project-directory", cwd, "-p", project, ...args];
    const { stdout } = await run(command, all, {
      ...{ cwd, env: { ...process.env, PWD: cwd, ...env } },
    });
    return stdout.trim();
  }
}
