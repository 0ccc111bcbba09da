// Ignores SIGTERM, and so do its child, a grandchild in a session of its own, and one whose
// parent has gone. Says "pids …" once all of them ignore it, then lives for ever.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

process.on("SIGTERM", () => {});
setInterval(() => {}, 60_000);

const role = process.argv[2] ?? "root";
const started = {
  root: ["child", "double-forker"],
  child: ["grandchild"],
  "double-forker": ["orphan"],
}[role];

const ready = Promise.all((started ?? []).map(start));
const pids = (await ready).flat();
const own = role === "double-forker" ? [] : [process.pid];
process.stdout.write(`${role === "root" ? "pids " : ""}${[...own, ...pids].join(" ")}\n`);
if (role === "double-forker") process.exit();

function start(next) {
  const child = spawn(process.execPath, [process.argv[1], next], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: next === "grandchild" || next === "orphan",
  });
  return new Promise((resolve) => {
    createInterface({ input: child.stdout }).once("line", (line) => {
      resolve(line.split(" ").filter(Boolean).map(Number));
    });
  });
}
