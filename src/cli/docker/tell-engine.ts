import type { EngineEvent } from "../../executor/docker/follow-engine.ts";
import type { CommandContext } from "../command.ts";

/** Shows what an engine does: where it is on a terminal's last line, all of it with --verbose. */
export function tellEngine(
  { terminal, verbose }: Pick<CommandContext, "terminal" | "verbose">,
  doing: string,
): (event: EngineEvent) => void {
  const layers = new Map<string, { readonly current: number; readonly total: number }>();
  return ({ stream, status, id, progressDetail }) => {
    const line = stream?.trim() || (id === undefined ? status?.trim() : undefined);
    if (line !== undefined && line !== "") {
      if (verbose && !terminal.json) terminal.note(line);
      else terminal.status(`${doing}: ${line}`);
      return;
    }
    const { current, total } = progressDetail ?? {};
    if (id === undefined || current === undefined || !total) return;
    layers.set(id, { current: Math.min(current, total), total });
    const all = [...layers.values()];
    const sum = (of: "current" | "total") => all.reduce((so, layer) => so + layer[of], 0);
    terminal.status(`${doing}: ${Math.floor((sum("current") / sum("total")) * 100)} %`);
  };
}
