#!/usr/bin/env node
import module from "node:module";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `clx: this is Node ${process.versions.node}, and clx needs 22.18 or newer. Install a newer Node, or run it with "npx clx" inside a checkout, which brings its own.\n`,
  );
  process.exit(2);
}
// Node 22 still calls node:sqlite experimental at every start; that is no news to the user.
const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  if (rest[0] !== "ExperimentalWarning" && rest[0]?.type !== "ExperimentalWarning") {
    emitWarning.call(process, warning, ...rest);
  }
};
module.enableCompileCache?.();
const { main } = await import("../dist/cli/main.js");
await main(process.argv.slice(2));
