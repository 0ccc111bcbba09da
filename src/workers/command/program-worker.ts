import type { JsonValue } from "../../domain/json.ts";
import { anyType, defineWorker } from "../../worker/handler.ts";
import type { CommandPayload } from "./command-payload.ts";
import command from "./command-worker.ts";

/** What a worker of this kind is set up with. */
export interface ProgramSettings {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** Given to the program in CLX_SETTINGS. */
  readonly settings?: JsonValue;
}

const programs = new Map<string, ProgramSettings>();

/**
 * A worker type that is one program: each task runs it, with the task's payload as JSON on its
 * standard input. For the rest see `command-worker.ts`. The program is in the worker's settings.
 */
export default defineWorker({
  type: anyType,
  open({ workerId, settings }) {
    programs.set(workerId, settings as unknown as ProgramSettings);
  },
  async handle(task, ctx) {
    const program = programs.get(ctx.workerId);
    if (program === undefined) throw new Error(`worker ${ctx.workerId} was not opened`);
    return await command.handle({ ...task, payload: payloadOf(program, task.payload) }, ctx);
  },
});

function payloadOf({ argv, cwd, settings }: ProgramSettings, payload: JsonValue): CommandPayload {
  return {
    argv,
    cwd,
    stdin: `${JSON.stringify(payload)}\n`,
    ...(settings !== undefined && { env: { CLX_SETTINGS: JSON.stringify(settings) } }),
  };
}
