import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** `--peers`: side by side with others, whose packages `npm ci` in this folder brings. */
const args = process.argv.slice(2);
const wantsPeers = args.includes("--peers");
const program = fileURLToPath(new URL(wantsPeers ? "peers/main.ts" : "main.ts", import.meta.url));
const rest = args.filter((word) => word !== "--peers");
const { status } = spawnSync(process.execPath, [program, ...rest], { stdio: "inherit" });
process.exitCode = status ?? 1;
