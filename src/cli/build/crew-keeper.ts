import type { CommandContext } from "../command.ts";
import type { CrewParams, RunCrew } from "../exec/run-crew.ts";

const kind = "build";
const types: ReadonlySet<string> = new Set(["plantuml", "drawio", "notebook"]);

/** Keeps the workers of one build for the next ones: they are warm then, and so are their kernels. */
export class CrewKeeper {
  readonly #context: CommandContext;
  #crew: RunCrew | undefined;
  #isHurried = false;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  /**
   * Opened when it is first asked for: while nothing is stale there is no database, and no
   * worker. There is none where workers run in containers: these see the files of one build.
   */
  async crew(params: Omit<CrewParams, "kind" | "types">): Promise<RunCrew | undefined> {
    if ([...types].some((type) => params.setup.poolFor(type).mode === "docker")) return undefined;
    const { RunCrew } = await import("../exec/run-crew.ts");
    this.#crew ??= await RunCrew.open(this.#context, { ...params, kind, types });
    return this.#crew;
  }

  /** The next build gets another one: whatever went wrong may have been wrong with them. */
  async close(reason: string): Promise<void> {
    const crew = this.#crew;
    this.#crew = undefined;
    await crew?.close({ reason, atOnce: this.#isHurried });
  }

  /** The end that is under way, or comes next, gives nobody time. */
  hurry(): void {
    this.#isHurried = true;
    this.#crew?.workers.hurry();
  }
}
