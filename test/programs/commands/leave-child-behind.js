// Exits at once, and leaves a child that holds its stdout open. With "hidden", the child is in
// a session of its own and knows nothing of its parent's environment.
import { spawn } from "node:child_process";

const hidden = process.argv[2] === "hidden";
const child = spawn("sleep", ["600"], {
  stdio: ["ignore", "inherit", "inherit"],
  ...(hidden ? { detached: true, env: { PATH: process.env.PATH } } : {}),
});
child.once("spawn", () => {
  process.stdout.write(`left ${child.pid}\n`, () => process.exit());
});
