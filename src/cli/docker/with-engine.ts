import type Docker from "dockerode";
import { dockerClient, reachEngine } from "../../executor/docker/engine.ts";
import type { CommandContext } from "../command.ts";
import { stopAsAbort } from "../stop-signals.ts";

const interrupted = 130;

/** Does something with the engine; what Ctrl-C interrupts answers with its exit code. */
export async function withEngine(
  { terminal }: Pick<CommandContext, "terminal">,
  act: (docker: Docker, signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const stop = stopAsAbort();
  try {
    const { docker } = await reachEngine(await dockerClient());
    await act(docker, stop.signal);
    return 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    terminal.note("interrupted");
    return interrupted;
  } finally {
    terminal.status(undefined);
    stop.close();
  }
}
