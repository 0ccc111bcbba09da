import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { type Examined, examineConfig, loadConfig } from "../../src/config/load-config.ts";
import type { FileLocation } from "../../src/config/origin.ts";
import { describeProblem } from "../../src/config/problem.ts";

export interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly cwd?: string;
}

/** A project, a home and a system folder of their own, away from those of this machine. */
export class ConfigSite {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "clx-config-")));
  readonly project = join(this.folder, "project");
  readonly home = join(this.folder, "home");
  readonly systemFolder = join(this.folder, "etc");
  readonly paths: Readonly<Record<FileLocation, string>> = {
    project: join(this.project, ".clx", "config.toml"),
    user: join(this.home, "xdg", "clx", "config.toml"),
    system: join(this.systemFolder, "config.toml"),
  };

  constructor() {
    mkdirSync(this.project);
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  write(location: FileLocation, toml: string): this {
    mkdirSync(dirname(this.paths[location]), { recursive: true });
    writeFileSync(this.paths[location], toml);
    return this;
  }

  async load(given: Given = {}): Promise<Config> {
    return await loadConfig(this.#params(given));
  }

  async examine(given: Given = {}): Promise<Examined> {
    return await examineConfig(this.#params(given));
  }

  /** As people read them, with `P:` for the path of the project's file. */
  async problems(given: Given = {}): Promise<string[]> {
    const { problems } = await this.examine(given);
    return problems.map((problem) =>
      describeProblem(problem).replaceAll(`${this.paths.project}:`, "P:"),
    );
  }

  get environment(): Record<string, string> {
    return { XDG_CONFIG_HOME: join(this.home, "xdg"), CLX_SYSTEM_FOLDER: this.systemFolder };
  }

  #params({ env = {}, flags = {}, cwd = this.project }: Given) {
    return {
      ...{ cwd, flags, home: this.home },
      env: { ...this.environment, ...env },
    };
  }
}
