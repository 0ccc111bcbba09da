import { statSync } from "node:fs";
import { isAbsolute } from "node:path";

/**
 * The JAR that shall draw, by `[workers.plantuml] settings = { jar = "…" }` or `PLANTUML_JAR`;
 * `undefined` when we draw ourselves.
 */
export function findJar(settings: { readonly [key: string]: unknown }): string | undefined {
  const { jar = process.env.PLANTUML_JAR || undefined, ...others } = settings;
  const [stray] = Object.keys(others);
  if (stray !== undefined) {
    throw new Error(`workers.plantuml.settings: "${stray}" is no key of it; it has jar`);
  }
  if (jar === undefined) return undefined;
  if (typeof jar !== "string" || !isAbsolute(jar)) {
    throw new Error(`the JAR of PlantUML must be an absolute path, not ${JSON.stringify(jar)}`);
  }
  if (statSync(jar, { throwIfNoEntry: false })?.isFile()) return jar;
  throw new Error(
    `there is no file ${jar}; correct PLANTUML_JAR or workers.plantuml.settings.jar, or unset it: clx draws without one`,
  );
}
