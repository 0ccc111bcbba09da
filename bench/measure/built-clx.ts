import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../bin/clx.js", import.meta.url));
const source = fileURLToPath(new URL("../../test/support/clx-from-source.ts", import.meta.url));
const isBuilt = existsSync(new URL("../../dist/server/run-server.js", import.meta.url));

/** What Node runs for `clx`: what was built, else the sources. */
export const clxProgram = isBuilt ? built : source;
