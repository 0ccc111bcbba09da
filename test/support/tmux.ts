import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import type { Size } from "../../src/monitor/terminal/line.ts";
import { until } from "./until.ts";

const run = promisify(execFile);
const entry = fileURLToPath(new URL("./clx-from-source.ts", import.meta.url));

export interface TmuxParams {
  /** Where the shell starts; the socket of the server is there too. */
  readonly folder: string;
  readonly size?: Size;
  readonly env?: Readonly<Record<string, string>>;
  readonly shell?: "bash" | "zsh";
}

const shells = {
  bash: (rcFile: string) => `bash --noprofile --rcfile '${rcFile}' -i`,
  zsh: () => "zsh -f -i",
};

/** A real terminal with a shell in it: keys go in, and what stands on its screen can be read. */
export class Tmux {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  static async start({ folder, size, env, shell = "bash" }: TmuxParams): Promise<Tmux> {
    const tmux = new Tmux(join(folder, "tmux.sock"));
    const rcFile = join(folder, "shell.rc");
    writeFileSync(rcFile, "PS1='$ '\n");
    const { columns = 80, rows = 24 } = size ?? {};
    const { PATH = "", HOME = "/" } = process.env;
    const variables = { PATH, HOME, LANG: "C.UTF-8", ...env };
    const settings = Object.entries(variables).map(([name, value]) => `'${name}=${value}'`);
    onTestFinished(async () => void (await tmux.#tell("kill-server").catch(() => {})));
    await run(
      "tmux",
      [
        ...["-u", "-f", "/dev/null", "-S", tmux.#socket],
        ...["new-session", "-d", "-x", String(columns), "-y", String(rows), "-c", folder],
        // With -e it would keep the PATH of this process.
        `exec env ${settings.join(" ")} ${shells[shell](rcFile)}`,
      ],
      { env: { PATH, HOME, LANG: "C.UTF-8" } },
    );
    await tmux.shows(/^.*[$#%]/m);
    return tmux;
  }

  /** Types a line that runs `clx`, and says afterwards what it exited with. */
  async runClx(args: string): Promise<void> {
    await this.type(`"${process.execPath}" "${entry}" ${args}; echo "exit:$?"`);
    await this.press("Enter");
  }

  async type(text: string): Promise<void> {
    await this.#tell("send-keys", "-l", text);
  }

  /** By tmux's names: Enter, Escape, C-c, or characters as they are. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#tell("send-keys", key);
  }

  async resize({ columns, rows }: Size): Promise<void> {
    await this.#tell("resize-window", "-x", String(columns), "-y", String(rows));
  }

  async screen(): Promise<string> {
    return await this.#tell("capture-pane", "-p");
  }

  /** With the codes for colours. */
  async paintedScreen(): Promise<string> {
    return await this.#tell("capture-pane", "-p", "-e");
  }

  /** What tmux knows of the terminal: "alternate_on", "cursor_flag", "wrap_flag", … */
  async flag(name: string): Promise<string> {
    return (await this.#tell("display-message", "-p", `#{${name}}`)).trim();
  }

  /** Waits until the screen shows it; answers with the screen. */
  async shows(pattern: RegExp): Promise<string> {
    let screen = "";
    const look = async () => {
      screen = await this.screen();
      return pattern.test(screen);
    };
    await until(look, { what: `${pattern} on the screen` }).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : error}; it shows:\n${screen}`);
    });
    return screen;
  }

  async #tell(...command: readonly string[]): Promise<string> {
    const { stdout } = await run("tmux", ["-S", this.#socket, ...command]);
    return stdout;
  }
}
