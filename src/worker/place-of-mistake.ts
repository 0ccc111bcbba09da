import { fileURLToPath } from "node:url";

/** `/path/of/module.js:3`, where the loading of a module failed, as far as Node tells. */
export function placeOfMistake(error: unknown, url: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const stack = error.stack ?? "";
  const inCode = /file:\/\/(?<path>\/\S+?:\d+):\d+/.exec(stack) ?? heading.exec(stack);
  const path = inCode?.groups?.path;
  if (path !== undefined) return decodeURI(path);
  return error instanceof SyntaxError && url.startsWith("file:") ? askNode(url) : undefined;
}

/** Node begins what it says about syntax with the place. */
const heading = /^(?<path>\/.+:\d+)$/m;

/** The error itself does not say where the syntax is wrong; `node --check` does. */
function askNode(url: string): string | undefined {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const { stderr } = spawnSync(process.execPath, ["--check", fileURLToPath(url)], {
    encoding: "utf8",
    timeout: 5_000,
  });
  return heading.exec(stderr ?? "")?.groups?.path;
}
