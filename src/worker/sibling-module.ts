/** The URL of a module found from the one that asks; both are `.ts` in the sources, `.js` once built. */
export function siblingModule(path: string, askerUrl: string): URL {
  const extension = /\.[jt]s$/.exec(new URL(askerUrl).pathname)?.[0] ?? ".js";
  return new URL(path + extension, askerUrl);
}
