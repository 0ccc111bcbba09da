import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine } from "./machine.ts";
import { readRunOptions } from "./options.ts";
import { loadPeer, peerLoaders } from "./peers.ts";
import { measureScenario, measureWaiting, type ScenarioOrder } from "./play.ts";
import { renderPeers, renderSummary } from "./report.ts";
import type { PeersResult } from "./result.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";
import type { Subject } from "./stage.ts";

const options = readRunOptions(process.argv.slice(2));
const chosen = scenarios.filter(({ id }) => options.only.length === 0 || options.only.includes(id));
const rawFolder = fileURLToPath(new URL("../raw/", import.meta.url));
const rawPath = join(rawFolder, options.isWhole ? "peers.jsonl" : "peers-part.jsonl");
const tablePath = fileURLToPath(new URL("../PEERS.md", import.meta.url));

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => process.exit(1));
}
// Clients lose their servers here on purpose; what they then throw late must not end the rest.
process.on("unhandledRejection", (reason) => console.error("ignored:", String(reason)));
process.on("uncaughtException", (error) => console.error("ignored:", String(error)));

const root = mkdtempSync(join(tmpdir(), "clx-peers-"));
// A server that runs as another user must get through.
chmodSync(root, 0o711);
process.on("exit", () => removeAll(root));
const { subjects, failures } = await loadSubjects();
const result: PeersResult = {
  ...describeMachine(subjects),
  options,
  notLoaded: failures,
  settings: Object.fromEntries(subjects.map(({ peer }) => [peer.name, { ...peer.settings }])),
  rows: [],
};
for (const order of orders(({ waits }) => waits === undefined)) {
  announce(order);
  result.rows.push(...(await measureScenario(order)));
  keep();
}
const brief = chosen.filter(({ waits }) => waits === "short");
const groups = [
  orders(({ waits }) => waits === "long"),
  ...brief.map((one) => orders((scenario) => scenario === one)),
];
for (const group of groups) {
  group.forEach(announce);
  await measureWaiting(group, (rows) => result.rows.push(...rows));
  keep();
}
keep();
console.log(renderSummary(result, chosen));
process.exit(result.rows.some(({ error }) => error !== undefined) ? 1 : 0);

function orders(belongs: (scenario: Scenario) => boolean): ScenarioOrder[] {
  return chosen
    .filter(belongs)
    .flatMap((scenario) =>
      scenario.classes
        .filter((name) => options.classes.length === 0 || options.classes.includes(name))
        .map((durability) => ({ scenario, durability, subjects, options, root })),
    );
}

function announce({ scenario, durability }: ScenarioOrder): void {
  const elapsed = `${Math.round(performance.now() / 1_000)} s, load ${loadavg()[0]?.toFixed(1)}`;
  console.error(`${scenario.id} ${durability}: ${scenario.what} (after ${elapsed})`);
}

async function loadSubjects(): Promise<{ subjects: Subject[]; failures: string[] }> {
  const wanted = options.peers.length > 0 ? options.peers : Object.keys(peerLoaders);
  const subjects: Subject[] = [];
  const failures: string[] = [];
  for (const id of wanted) {
    try {
      subjects.push({ id, peer: await loadPeer(id) });
    } catch (error) {
      failures.push(`${id}: ${String(error).split("\n")[0]}`);
      console.error(failures.at(-1));
    }
  }
  return { subjects, failures };
}

/** Servers and workers are ended by handlers that were there before; a disk may still be mounted. */
function removeAll(folder: string): void {
  const mounts = readFileSync("/proc/mounts", "utf8").matchAll(/^\S+ (\S+) /gm);
  for (const [, path = ""] of mounts) {
    if (path.startsWith(folder)) spawnSync("umount", ["-l", path]);
  }
  // What a killed server had started may write on for a moment.
  for (let tries = 0; tries < 20 && existsSync(folder); tries++) {
    spawnSync("rm", ["-rf", folder]);
    spawnSync("sleep", ["0.2"]);
  }
}

/** After each row, so that what has been measured is there whatever comes. */
function keep(): void {
  mkdirSync(rawFolder, { recursive: true });
  const { rows, ...facts } = result;
  const lines = [facts, ...rows].map((value) => `${JSON.stringify(value)}\n`);
  writeFileSync(rawPath, lines.join(""));
  if (options.isWhole) writeFileSync(tablePath, renderPeers(result, chosen));
}
