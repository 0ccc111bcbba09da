import type { Config } from "../../config/config.ts";
import { workFolders } from "../../config/work-folders.ts";
import type { Check } from "../../diagnosis/check.ts";
import type { StartingPool } from "../../diagnosis/look-before-start.ts";
import { shippedTypes } from "../../library/handler-of.ts";
import type { CommandContext } from "../command.ts";

type LacksContext = Pick<CommandContext, "terminal" | "database" | "openStore">;

export interface LacksParams {
  readonly config: Config;
  readonly pools: readonly StartingPool[];
  readonly logFolder: string | undefined;
}

/** What workers that are being started will lack. It never fails: it must not keep them. */
export async function lacksOf(
  context: Omit<LacksContext, "terminal">,
  { config, pools, logFolder }: LacksParams,
): Promise<readonly Check[]> {
  const databasePath = context.database.path;
  try {
    const { lookBeforeStart } = await import("../../diagnosis/look-before-start.ts");
    return await lookBeforeStart({
      ...{ config, pools, databasePath },
      logFolder: workFolders(databasePath, logFolder).logFolder,
      shipped: shippedTypes(),
      env: process.env,
      store: await context.openStore("write"),
    });
  } catch {
    return [];
  }
}

/** `warning: There is room for 1 of 2 … Free some memory, …` */
export function lackWords({ message, fix }: Check): string {
  return `warning: ${message} ${fix ?? ""}`.trimEnd();
}

export function lackJson({ area, name, level, message, fix }: Check) {
  return { area, name, level, message, fix: fix ?? null };
}

/** Says it as soon as it is known, on stderr; nobody waits for it. */
export function warnOfLacks(context: LacksContext, params: LacksParams): void {
  const { terminal } = context;
  void lacksOf(context, params).then((lacks) => {
    for (const lack of lacks) {
      terminal.note(terminal.json ? lackEvent(lack) : lackWords(lack));
    }
  });
}

function lackEvent(lack: Check): string {
  return JSON.stringify({ event: "warning", ...lackJson(lack) });
}
