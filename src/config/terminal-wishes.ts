import type { Environment } from "./environment.ts";

/** What the environment says about how to print. */
export interface TerminalWishes {
  readonly noColor: boolean;
  /** It cannot move its cursor. */
  readonly isDumb?: boolean;
  readonly columns?: number;
}

export function readTerminalWishes(env: Environment = process.env): TerminalWishes {
  const columns = Number(env.COLUMNS);
  return {
    noColor: Boolean(env.NO_COLOR) || env.TERM === "dumb",
    ...(env.TERM === "dumb" && { isDumb: true }),
    ...(Number.isInteger(columns) && columns > 0 && { columns }),
  };
}
