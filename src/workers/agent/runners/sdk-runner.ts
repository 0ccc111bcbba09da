import { AgentProgram } from "../agent-program.ts";
import type { AgentRunner, AgentWork, RunnerEnd } from "../runner.ts";
import { untilStopped } from "../until-stopped.ts";
import { faultOf } from "./claude-faults.ts";
import { ClaudeMessages } from "./claude-messages.ts";
import { ErrorTail } from "./error-tail.ts";
import { type ClaudeQuery, type ClaudeSdk, loadSdk } from "./load-sdk.ts";
import { readLines } from "./read-lines.ts";
import { sdkOptions } from "./sdk-options.ts";
import { within } from "./within.ts";

const lookPeriodMs = 500;
/** How long its program has to leave by itself once it has given its result. */
const leaveMs = 1_000;
/** Of a stop's grace: for the result of an interrupted answer, which says what it has cost. */
const interruptShare = 0.4;

/**
 * Runs Claude through its SDK, which starts a program of its own for each conversation.
 *
 * The program is started by us, so that it is in our tree with all that it starts. It is stopped
 * by an interrupt first: that ends the answer, keeps the conversation whole, and tells the cost.
 */
export const sdkRunner: AgentRunner = {
  async run(work) {
    const refused = refuseRoot(work);
    if (refused !== undefined) return refused;
    const loaded = await loadSdk(work.agent.sdkFolder);
    if (loaded.kind === "missing") {
      return { kind: "failed", cause: "not_installed", message: loaded.message };
    }
    return await new SdkConversation(work).run(loaded.sdk);
  },
};

/** Its program would only say that it has ended with exit code 1. */
function refuseRoot({ permission, env }: AgentWork): RunnerEnd | undefined {
  const isRoot = process.getuid?.() === 0 && env.IS_SANDBOX !== "1";
  if (permission !== "bypassPermissions" || !isRoot) return undefined;
  return {
    kind: "failed",
    cause: "bad_request",
    message:
      'Claude does not bypass permissions as root; ask for acceptEdits and name the other tools in allowedTools, run the worker as another user, or in a container with agents.NAME.env = { IS_SANDBOX = "1" }',
  };
}

class SdkConversation {
  readonly #work: AgentWork;
  readonly #messages: ClaudeMessages;
  readonly #over = new AbortController();
  readonly #programs: AgentProgram[] = [];
  readonly #errors = new ErrorTail();

  constructor(work: AgentWork) {
    this.#work = work;
    this.#messages = new ClaudeMessages(work);
  }

  async run(sdk: ClaudeSdk): Promise<RunnerEnd> {
    const { signal } = this.#work;
    const options = {
      ...(await sdkOptions(this.#work)),
      spawnClaudeCodeProcess: (order: SpawnOrder) => this.#spawn(order),
    };
    const query = sdk.query({ prompt: this.#prompt(), options });
    const heard = this.#hear(query);
    const looking = setInterval(() => this.#programs.at(-1)?.look(), lookPeriodMs);
    try {
      await untilStopped(heard, signal);
      if (signal.aborted) await this.#interrupt(query, heard);
      const ended = await this.#ended();
      return ended;
    } finally {
      clearInterval(looking);
      this.#over.abort();
      query.close();
      await this.#endPrograms();
      await heard;
    }
  }

  /** Stays open: without it, nothing could be said to the program any more. */
  async *#prompt(): AsyncGenerator<object> {
    const message = { role: "user", content: this.#work.instruction };
    yield { type: "user", message, parent_tool_use_id: null };
    const { signal } = this.#over;
    if (signal.aborted) return;
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }

  /** Until there is a result. Never rejects. */
  async #hear(query: ClaudeQuery): Promise<void> {
    const { listener, signal } = this.#work;
    try {
      for await (const message of query) {
        this.#messages.take(message);
        if (this.#messages.end !== undefined) return;
        await untilStopped(listener.ready(), signal);
      }
    } catch (error) {
      if (this.#errors.text === "") {
        this.#errors.add(error instanceof Error ? error.message : String(error));
      }
    }
  }

  async #interrupt(query: ClaudeQuery, heard: Promise<void>): Promise<void> {
    const asked = query.interrupt().then(
      () => heard,
      () => {},
    );
    await within(asked, this.#work.graceMs() * interruptShare);
  }

  async #ended(): Promise<RunnerEnd> {
    const { end } = this.#messages;
    if (end !== undefined) return end;
    const exit = await this.#exit();
    const said = this.#errors.lastLine;
    if (exit?.error !== undefined) {
      const message = `its program was not started: ${exit.error.message}`;
      return { kind: "failed", cause: "not_installed", message };
    }
    const how = exit?.signal ? `by ${exit.signal}` : `with exit code ${exit?.code ?? "unknown"}`;
    const message = `its program ended ${how}${said === "" ? "" : `; it said: ${said}`}`;
    if (exit?.signal) {
      return { kind: "failed", cause: "agent_error", message, signal: exit.signal };
    }
    return { kind: "failed", cause: faultOf({ message: said }), message };
  }

  async #exit() {
    const program = this.#programs.at(-1);
    if (program === undefined || this.#work.signal.aborted) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, leaveMs, undefined);
    });
    const exit = await Promise.race([program.exited, late]);
    clearTimeout(timer);
    return exit;
  }

  #spawn({ command, args, cwd, env }: SpawnOrder) {
    const { CLX_TASK_MARK } = this.#work.env;
    const program = new AgentProgram({
      ...{ command, args, env, cwd: cwd ?? this.#work.folder },
      mark: `CLX_TASK_MARK=${CLX_TASK_MARK}`,
    });
    this.#programs.push(program);
    const { stderr } = program.process;
    if (stderr !== null) void readLines({ pipe: stderr, ...this.#hearErrors() });
    return program.process;
  }

  #hearErrors() {
    const { listener, signal } = this.#work;
    return {
      take: (line: string) => {
        this.#errors.add(line);
        listener.wrote(line, "stderr");
      },
      ready: async () => {
        await untilStopped(listener.ready(), signal);
      },
    };
  }

  async #endPrograms(): Promise<void> {
    const { signal, listener } = this.#work;
    const graceMs = signal.aborted ? this.#work.graceMs() * (1 - interruptShare) : leaveMs;
    for (const program of this.#programs) {
      const { left } = await program.end(graceMs);
      if (left.length > 0) listener.note(`processes ${left.join(", ")} could not be ended`);
    }
  }
}

interface SpawnOrder {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}
