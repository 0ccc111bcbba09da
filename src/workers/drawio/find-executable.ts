/**
 * The draw.io that shall draw, by `[workers.drawio] settings = { executable = "…" }` or
 * `DRAWIO_EXECUTABLE`; `undefined` when we draw ourselves.
 */
export function findExecutable(settings: { readonly [key: string]: unknown }): string | undefined {
  const { executable = process.env.DRAWIO_EXECUTABLE || undefined, ...others } = settings;
  const [stray] = Object.keys(others);
  if (stray !== undefined) {
    throw new Error(`workers.drawio.settings: "${stray}" is no key of it; it has executable`);
  }
  if (executable === undefined || typeof executable === "string") return executable;
  throw new Error("workers.drawio.settings.executable must be a string: the path of a program");
}
