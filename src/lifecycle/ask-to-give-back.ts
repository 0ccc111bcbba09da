import { tellProcess } from "../machine/tell-process.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/** Workers that have been asked to leave are asked again: they give back at once what they do. */
export async function askToGiveBack(supervisor: Supervisor): Promise<void> {
  const { pools } = await supervisor.status();
  for (const { row } of pools.flatMap(({ workers }) => workers)) {
    if (row?.process && row.mode !== "inline") tellProcess(row.process, "SIGTERM");
  }
}
