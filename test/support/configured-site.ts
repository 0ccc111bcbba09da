import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Task } from "../../src/domain/task.ts";
import type { Worker } from "../../src/domain/worker.ts";
import type { TaskStore } from "../../src/store/task-store.ts";
import { ClxSite, type Outcome, type RunningClx } from "./clx.ts";
import { GatedProgram } from "./gated-program.ts";

/** A project with a configuration file, and short words for seeing what the file changes. */
export class ConfiguredSite extends ClxSite {
  #store: Promise<TaskStore> | undefined;

  constructor(toml: string) {
    super();
    this.writeConfig(toml);
  }

  /** Does what is in the queue with workers of its own. */
  async workOff(type = "command"): Promise<Outcome> {
    return await this.run(["supervise", "--type", type, "--force", "--until-empty"]);
  }

  /** Resolves once all of its workers are ready. */
  async supervise(type = "command"): Promise<RunningClx> {
    const supervisor = this.start(["supervise", "--type", type, "--force"]);
    await supervisor.says(/pool_started/);
    return supervisor;
  }

  async stop(running: RunningClx): Promise<void> {
    running.kill("SIGTERM");
    expect(await running.end).toMatchObject({ code: 0 });
  }

  async workers(): Promise<readonly Worker[]> {
    return await (await this.store()).listWorkers({});
  }

  async task(id: string): Promise<Task | undefined> {
    return await (await this.store()).findTask(id);
  }

  store(): Promise<TaskStore> {
    this.#store ??= this.openStore();
    return this.#store;
  }

  async submit(...argv: readonly string[]): Promise<string> {
    return await this.ok("submit", "command", "--", ...argv);
  }

  gated(): GatedProgram {
    return new GatedProgram(this.folder);
  }

  write(name: string, source: string): this {
    writeFileSync(join(this.folder, name), source);
    return this;
  }
}
