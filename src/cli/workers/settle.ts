import type { Config } from "../../config/config.ts";
import { settleModes } from "../../library/settle-modes.ts";
import type { CommandContext } from "../command.ts";

/** The configuration with a mode for each of these types, also where it says `auto`: that is said. */
export async function settle(
  { config, terminal }: Pick<CommandContext, "config" | "terminal">,
  types: Iterable<string>,
): Promise<Config> {
  const say = (line: string) => {
    if (!terminal.json) terminal.note(line);
  };
  return await settleModes(config, { types: [...new Set(types)], say });
}
