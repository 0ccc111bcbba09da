import type { Environment } from "./environment.ts";

/** What the environment says about how to print. */
export interface TerminalWishes {
  readonly noColor: boolean;
  /** Colours even where no terminal is: FORCE_COLOR, which goes before NO_COLOR as in Node. */
  readonly forceColor?: boolean;
  /** It cannot move its cursor. */
  readonly isDumb?: boolean;
  /** It shows no other characters than those of ASCII. */
  readonly isAscii?: boolean;
  readonly columns?: number;
}

export function readTerminalWishes(env: Environment = process.env): TerminalWishes {
  const columns = Number(env.COLUMNS);
  const isDumb = env.TERM === "dumb";
  const { FORCE_COLOR: force = "" } = env;
  const isForced = force !== "";
  const isForcedOff = force === "0" || force === "false";
  return {
    noColor: isForced ? isForcedOff : Boolean(env.NO_COLOR) || isDumb,
    ...(isForced && !isForcedOff && { forceColor: true }),
    ...(isDumb && { isDumb }),
    ...(!speaksUnicode(env) && { isAscii: true }),
    ...(Number.isInteger(columns) && columns > 0 && { columns }),
  };
}

/** As far as the locale tells; where systems know none, terminals do. */
function speaksUnicode(env: Environment): boolean {
  if (env.TERM === "linux" || env.TERM === "dumb") return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (!locale) return process.platform === "darwin" || env.WT_SESSION !== undefined;
  return /utf-?8/i.test(locale);
}
