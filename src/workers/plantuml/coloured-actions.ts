const coloured = /^(\s*)(#[\w#/\\|-]+)(:.*)$/;

/**
 * Puts the colour of an action behind it (`#pink:text;` becomes `:text; <<#pink>>`). The engine
 * calls the old form deprecated, in the picture, and takes what follows for the action's text.
 */
export function modernActions(lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => /^\s*(start|:[^:]*;)\s*$/.test(line))) return lines;
  let pending: string | undefined;
  return lines.map((line) => {
    const [, indent = "", colour, rest = ""] = coloured.exec(line) ?? [];
    const text = colour === undefined ? line : indent + rest;
    pending = colour ?? pending;
    if (pending === undefined || !/;\s*$/.test(text)) return text;
    const done = `${text.trimEnd()} <<${pending}>>`;
    pending = undefined;
    return done;
  });
}
