import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine } from "./machine.ts";
import { readRunOptions } from "./options.ts";
import { loadPeer, peerLoaders } from "./peers.ts";
import { measureScenario } from "./play.ts";
import { renderPeers, renderSummary } from "./report.ts";
import type { PeersResult } from "./result.ts";
import { scenarios } from "./scenarios.ts";
import type { Subject } from "./stage.ts";

const options = readRunOptions(process.argv.slice(2));
const chosen = scenarios.filter(({ id }) => options.only.length === 0 || options.only.includes(id));
const rawFolder = fileURLToPath(new URL("../raw/", import.meta.url));
const rawPath = join(rawFolder, options.isWhole ? "peers.json" : "peers-part.json");
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
process.on("exit", () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
const { subjects, failures } = await loadSubjects();
const result: PeersResult = {
  ...describeMachine(subjects),
  options,
  notLoaded: failures,
  settings: Object.fromEntries(subjects.map(({ peer }) => [peer.name, { ...peer.settings }])),
  rows: [],
};
for (const scenario of chosen) {
  const elapsed = `${Math.round(performance.now() / 1_000)} s, load ${loadavg()[0]?.toFixed(1)}`;
  console.error(`${scenario.id}: ${scenario.what} (after ${elapsed})`);
  for (const durability of scenario.classes) {
    if (options.classes.length > 0 && !options.classes.includes(durability)) continue;
    const rows = await measureScenario({ scenario, durability, subjects, options, root });
    result.rows.push(...rows);
    keep();
  }
}
keep();
console.log(renderSummary(result, chosen));
process.exit(result.rows.some(({ error }) => error !== undefined) ? 1 : 0);

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

/** After each row, so that what has been measured is there whatever comes. */
function keep(): void {
  mkdirSync(rawFolder, { recursive: true });
  writeFileSync(rawPath, `${JSON.stringify(result, undefined, 1)}\n`);
  if (options.isWhole) writeFileSync(tablePath, renderPeers(result, chosen));
}
