// Tries, from inside a container, what no task may do there, and prints what came of it as JSON.
// Its argument is JSON: what to look for.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";

const { project, suid, otherWorker } = JSON.parse(process.argv[2]);

const status = readFileSync("/proc/self/status", "utf8");
const fact = (name) => new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(status)?.[1];

console.log(
  JSON.stringify({
    writes: Object.fromEntries(
      [project, join(project, "output"), "/", "/opt/clx", "/etc", "/usr/bin", "/tmp"].map(
        (folder) => [folder.replace(project, "PROJECT"), write(join(folder, "stray"))],
      ),
    ),
    stateFolder: list(join(project, ".clx")),
    secret: read(join(project, ".clx/clx_jobs.db-workers/secret")),
    capabilities: [fact("CapInh"), fact("CapPrm"), fact("CapEff"), fact("CapBnd"), fact("CapAmb")],
    noNewPrivileges: fact("NoNewPrivs"),
    seccomp: fact("Seccomp"),
    user: process.geteuid(),
    suidUser: Number(spawnSync(suid, ["-u"], { encoding: "utf8" }).stdout),
    devices: readdirSync("/dev").filter((name) => /^(sd|vd|nvme|mem$|kmem$|kvm$)/.test(name)),
    launchSecrets: secretsAround(),
    api: await askAsOther(),
  }),
);

function write(path) {
  try {
    writeFileSync(path, "x");
    return "written";
  } catch ({ code }) {
    return code;
  }
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch ({ code }) {
    return code;
  }
}

function list(folder) {
  try {
    return readdirSync(folder).toSorted();
  } catch ({ code }) {
    return code;
  }
}

/** Where other programs of a machine could read along: arguments and environments. */
function secretsAround() {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const texts = processes.flatMap((pid) => [
    read(`/proc/${pid}/cmdline`),
    read(`/proc/${pid}/environ`),
  ]);
  return texts.filter((text) => /launchToken|"token"|Bearer/.test(text)).length;
}

/** The socket of the worker API, found by looking: with no token, and with one made up. */
async function askAsOther() {
  const base = join(project, ".clx/clx_jobs.db-workers");
  const folders = list(base);
  if (!Array.isArray(folders) || folders.length !== 1) return { folders };
  const socketPath = join(base, folders[0], "api.sock");
  const made = `${otherWorker}.${"x".repeat(43)}`;
  return {
    nobody: await ask(socketPath, {}),
    madeUp: await ask(socketPath, { Authorization: `Bearer ${made}` }),
  };
}

function ask(socketPath, headers) {
  return new Promise((resolve) => {
    const asked = request(
      {
        ...{ socketPath, path: "/worker-api/v1/claim", method: "POST", agent: false },
        headers: { "Clx-Worker-Api": "1", "Content-Type": "application/json", ...headers },
      },
      (response) => resolve(response.resume().statusCode),
    );
    asked.on("error", ({ code }) => resolve(code));
    asked.end('{"inHand":[],"limit":1}');
  });
}
