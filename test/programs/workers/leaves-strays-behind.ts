import { spawn } from "node:child_process";

// It exits by itself once its descendants run: one in its session, one outside it.
const script = "(sleep 600 &); (setsid sleep 600 &); echo started";
const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
child.stdout.once("data", () => process.exit(0));
