import type { AgentProgram as Program } from "../../../agent/agent-settings.ts";
import { AgentProgram, type ProgramExit } from "../agent-program.ts";
import type { AgentRunner, AgentWork, RunnerEnd } from "../runner.ts";
import { untilStopped } from "../until-stopped.ts";
import { ClaudeMessages } from "./claude-messages.ts";
import { ClxLines } from "./clx-lines.ts";
import { ErrorTail } from "./error-tail.ts";
import { readLines } from "./read-lines.ts";
import { within } from "./within.ts";

/** For children that the program left behind when it ended. */
const leftoverGraceMs = 1_000;
const lookPeriodMs = 500;
/** Whoever else holds its pipes is not waited for any longer. */
const pipePatienceMs = 1_000;

/**
 * Runs any agent that is a program and prints JSON lines.
 *
 * It is started in the task's folder and reads its orders from standard input, as one object of
 * JSON (or as the instruction's plain text, if it is configured so). A line of standard output
 * that is understood is a part of the conversation; any other, and standard error, goes to the
 * log as it is. Exit code 0 without an `ended` line means that it has finished.
 *
 * It is stopped by SIGTERM, and killed when its grace is over.
 */
export const commandRunner: AgentRunner = {
  async run(work) {
    const { command, lines = "clx" } = work.agent;
    if (command === undefined) throw new Error("an agent of the runner `command` has no command");
    const program = started(command, work);
    if ("error" in program) return endOf({ code: null, signal: null, ...program }, "");
    const speech = lines === "clx" ? new ClxLines(work.listener) : new ClaudeMessages(work);
    return await follow({ work, program, speech });
  },
};

type NotStarted = Required<Pick<ProgramExit, "error">>;

function started(command: Program, work: AgentWork): AgentProgram | NotStarted {
  const { folder, env } = work;
  const mark = `CLX_TASK_MARK=${env.CLX_TASK_MARK}`;
  try {
    return new AgentProgram({ ...argvOf(command, work), cwd: folder, env, mark });
  } catch (error) {
    return { error: error as NodeJS.ErrnoException };
  }
}

interface Following {
  readonly work: AgentWork;
  readonly program: AgentProgram;
  readonly speech: ClxLines | ClaudeMessages;
}

async function follow({ work, program, speech }: Following): Promise<RunnerEnd> {
  const { listener, signal } = work;
  const errors = new ErrorTail();
  const read = hearLines(program, work, {
    stdout: (line) => {
      if (!isUnderstood(line, speech) && line !== "") listener.wrote(line, "stdout");
    },
    stderr: (line) => {
      errors.add(line);
      listener.wrote(line, "stderr");
    },
  });
  program.process.stdin?.end(ordersFor(work));
  const looking = setInterval(() => program.look(), lookPeriodMs);
  try {
    const exit = await untilStopped(program.exited, signal);
    if (exit === undefined) return { kind: "failed", cause: "agent_error", message: "stopped" };
    await within(read, pipePatienceMs);
    return speech.end ?? endOf(exit, errors.text);
  } finally {
    clearInterval(looking);
    const { ended } = await program.end(signal.aborted ? work.graceMs() : leftoverGraceMs);
    if (ended > 0 && !signal.aborted) {
      listener.note(`processes that the agent had left running were ended: ${ended}`);
    }
    program.process.stdout?.destroy();
    program.process.stderr?.destroy();
    await read;
  }
}

interface Hearers {
  readonly stdout: (line: string) => void;
  readonly stderr: (line: string) => void;
}

async function hearLines(
  { process }: AgentProgram,
  { listener, signal }: AgentWork,
  hearers: Hearers,
): Promise<void> {
  const ready = async () => {
    await untilStopped(listener.ready(), signal);
  };
  await Promise.all(
    (["stdout", "stderr"] as const).map(async (name) => {
      const pipe = process[name];
      if (pipe !== null) await readLines({ pipe, take: hearers[name], ready });
    }),
  );
}

function argvOf(
  { argv, cwd }: Program,
  { instruction, model, sessionId, agent, goesOn }: AgentWork,
) {
  const fill = (word: string) =>
    word
      .replaceAll("{folder}", () => cwd)
      .replaceAll("{model}", () => model ?? "")
      .replaceAll("{session}", () => sessionId)
      .replaceAll("{instruction}", () => instruction);
  const [command = "", ...args] = [
    ...argv,
    ...(model === undefined ? [] : (agent.modelArgs ?? [])),
    ...(goesOn ? (agent.resumeArgs ?? []) : []),
  ].map(fill);
  return { command, args };
}

/** All that the task asks for; what is absent is the agent's to decide. */
function ordersFor(work: AgentWork): string {
  if (work.agent.input === "text") return work.instruction;
  const { systemPrompt, allowedTools, disallowedTools, mcpServers } = work.payload.options ?? {};
  const orders = {
    instruction: work.instruction,
    folder: work.folder,
    sessionId: work.sessionId,
    resume: work.goesOn,
    permissionMode: work.permission,
    budget: work.budget,
    ...{ model: work.model, systemPrompt, allowedTools, disallowedTools, mcpServers },
  };
  return `${JSON.stringify(orders)}\n`;
}

function endOf({ code, signal, error }: ProgramExit, said: string): RunnerEnd {
  if (error?.code === "E2BIG") {
    const message =
      'the instruction is too long for its command line (E2BIG); make it shorter, or configure an agent that reads it from its standard input (agents.NAME.command without "{instruction}")';
    return { kind: "failed", cause: "bad_request", message };
  }
  if (error !== undefined) {
    const message = `the agent's program was not started (${error.code ?? error.message}); check agents.NAME.command`;
    return { kind: "failed", cause: "not_installed", message };
  }
  if (code === 0) return { kind: "finished", text: "" };
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const words = said === "" ? "" : `; it said: ${said}`;
  const message = `the agent's program ended ${how}${words}`;
  return { kind: "failed", cause: "agent_error", message, ...(signal !== null && { signal }) };
}

/** A program may print anything: what cannot even be read (odd types, too deep) is not understood. */
function isUnderstood(line: string, speech: Following["speech"]): boolean {
  if (!line.startsWith("{")) return false;
  try {
    return speech.take(JSON.parse(line));
  } catch {
    return false;
  }
}
