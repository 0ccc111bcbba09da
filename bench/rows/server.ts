import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openStore } from "../engine.ts";
import { cpuSecondsOf, privateMegabytesOf, residentMegabytesOf } from "../measure/process-usage.ts";
import { type ServeMode, startServe } from "../measure/served-clx.ts";
import { percentile } from "../measure/statistics.ts";
import type { Submitted } from "../programs/http-submitter.ts";
import { atMost, type Measured, type Row, type RunSetting, type Target } from "../row.ts";
import { countIn, endTasks, fillQueue } from "../tasks.ts";
import { registerBenchWorker } from "./backlog.ts";

const submitter = fileURLToPath(new URL("../programs/http-submitter.ts", import.meta.url));
const pageViewers = fileURLToPath(new URL("../programs/page-viewers.ts", import.meta.url));
const runProgram = promisify(execFile);

/**
 * What cc-anywhere was measured to do on the machine where we studied it (median of a quiet one):
 * a tenth of its times and ten times its rates are the aim.
 */
const reference = { startMs: 2_700, submits: { 1: 222, 16: 258, 64: 258 }, residentMb: 136 };

export const httpSubmitOne = submitRow({ id: "H1", connections: 1, whole: 5_000 });
export const httpSubmitSixteen = submitRow({ id: "H16", connections: 16, whole: 20_000 });
export const httpSubmitMany = submitRow({ id: "H64", connections: 64, whole: 20_000 });

function submitRow({
  id,
  connections,
  whole,
}: {
  readonly id: string;
  readonly connections: 1 | 16 | 64;
  readonly whole: number;
}): Row {
  const aim = reference.submits[connections] * 10;
  return {
    id,
    what: `submit over HTTP, each answered once it is durable; ${connections} connections of another process`,
    measure: (run) => measureSubmits(run, { count: run.size(whole, 1_000), connections }),
    targets: () => [
      atLeast("tasks/s", aim, `10 × cc-anywhere's ${reference.submits[connections]}/s`),
      atMost("server CPU ms each", 0.3, "ms"),
    ],
  };
}

async function measureSubmits(
  { folder, options }: RunSetting,
  { count, connections }: { readonly count: number; readonly connections: number },
): Promise<Measured> {
  if (options.class !== "D2") throw new Error("a server is power-loss safe; measure it with D2");
  const server = await startServe(folder, "standalone");
  await submitMany(server.url, { count: 500, connections });
  const cpu = cpuSecondsOf(server.pid);
  const { seconds, samples } = await submitMany(server.url, { count, connections });
  const cpuMs = ((cpuSecondsOf(server.pid) - cpu) * 1_000) / count;
  await server.stop();

  const store = await openStore(folder, options);
  const stored = await countIn(store, "pending");
  await store.close();
  if (stored !== count + 500) throw new Error(`${count + 500} acknowledged, ${stored} stored`);
  return {
    values: {
      "tasks/s": count / seconds,
      "p50 ms": percentile(samples, 0.5),
      "p99 ms": percentile(samples, 0.99),
      "server CPU ms each": cpuMs,
    },
    cpuSecondsPer1000: cpuMs,
  };
}

async function submitMany(
  url: string,
  { count, connections }: { readonly count: number; readonly connections: number },
): Promise<Submitted> {
  const args = [submitter, url, String(count), String(connections)];
  const { stdout } = await runProgram(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as Submitted;
}

export const serveStart: Row = {
  id: "HS",
  what: "from the order to start `clx serve` until it listens, and until /ready says yes; each mode",
  runs: 1,
  async measure({ folder, size }) {
    const values: Record<string, number> = {};
    for (const mode of ["standalone", "inline", "managed"] satisfies ServeMode[]) {
      const starts: { listeningMs: number; readyMs: number }[] = [];
      for (let start = 0; start < size(10, 3); start++) {
        const server = await startServe(folder, mode);
        starts.push(server);
        await server.stop();
      }
      const p50 = (name: "listeningMs" | "readyMs") =>
        percentile(
          starts.map((one) => one[name]),
          0.5,
        );
      values[`${mode} listens ms`] = p50("listeningMs");
      values[`${mode} ready ms`] = p50("readyMs");
    }
    return { values };
  },
  targets: () => [
    atMost("inline ready ms", reference.startMs / 10, `ms (a tenth of cc-anywhere's)`),
    atMost("managed ready ms", 183, "ms (a tenth of what cc-anywhere took, repaired)"),
  ],
};

export const serveRest: Row = {
  id: "HM",
  what: `a server at rest: memory, and CPU for each minute (cc-anywhere: ${reference.residentMb} MB, 90 of its own)`,
  runs: 1,
  async measure({ folder, options }) {
    const values: Record<string, number> = {};
    for (const mode of ["standalone", "inline"] satisfies ServeMode[]) {
      const server = await startServe(folder, mode);
      await pause(2_000);
      const cpu = cpuSecondsOf(server.pid);
      await pause(options.idleSeconds * 1_000);
      values[`${mode} MB`] = residentMegabytesOf(server.pid);
      values[`${mode} MB of its own`] = privateMegabytesOf(server.pid);
      const used = cpuSecondsOf(server.pid) - cpu;
      values[`${mode} CPU-s/min`] = (used * 60) / options.idleSeconds;
      await server.stop();
    }
    return { values };
  },
  targets: () => [atMost("standalone MB", 80, "MB"), atMost("inline MB", 80, "MB")],
};

const viewers = 50;

export const viewersRow: Row = {
  id: "HV",
  what: `${viewers} open pages (their streams of changes) and as many readers of all events, beside 50 submits a second: CPU of the server`,
  runs: 1,
  async measure({ folder, size }) {
    const server = await startServe(folder, "standalone");
    const seconds = size(20, 5);
    const alone = await shareOf(server.pid, () => submitSteadily(server.url, seconds));
    const gone = new AbortController();
    await openStreams(`${server.url}/stream`, gone.signal);
    const pages = await shareOf(server.pid, () => submitSteadily(server.url, seconds));
    await openStreams(`${server.url}/api/events/stream`, gone.signal);
    const all = await shareOf(server.pid, () => submitSteadily(server.url, seconds));
    gone.abort();
    await server.stop();
    return {
      values: {
        "nobody CPU %": alone,
        "50 pages add CPU %": pages - alone,
        "50 readers add CPU %": all - pages,
      },
    };
  },
  targets: () => [atMost("50 pages add CPU %", 5, "%")],
};

export const pagesRow: Row = {
  id: "HP",
  what: `${viewers} open pages (overview, tasks, workers) that fetch what has changed as browsers do, beside 50 submits a second: CPU of the server`,
  runs: 1,
  async measure({ folder, size }) {
    const server = await startServe(folder, "standalone");
    const seconds = size(20, 5);
    await submitSteadily(server.url, seconds);
    const alone = await shareOf(server.pid, () => submitSteadily(server.url, seconds));
    const values: Record<string, number> = { "nobody CPU %": alone };
    for (const places of [["/tasks"], ["/"], ["/workers"], ["/", "/tasks", "/workers"]]) {
      const name = places.length > 1 ? "a mixture of pages" : `pages ${places[0]}`;
      const pages = await openPages(server.url, places);
      values[`${name} add CPU %`] =
        (await shareOf(server.pid, () => submitSteadily(server.url, seconds))) - alone;
      values[`${name} fetches/s`] = (await pages.close()) / seconds;
    }
    await server.stop();
    return { values };
  },
  targets: () =>
    ["pages /tasks", "pages /", "pages /workers", "a mixture of pages"].map((name) =>
      atMost(`${name} add CPU %`, 5, "%"),
    ),
};

export const overviewRow: Row = {
  id: "HO",
  what: "an open overview beside 1,000,000 tasks that ended within the hour (quick: 100,000) and 50 submits a second: CPU of the server",
  runs: 1,
  async measure({ folder, options, size }) {
    const store = await openStore(folder, options);
    const count = size(1_000_000, 100_000);
    await fillQueue(store, count);
    await endTasks(store, await registerBenchWorker(store), count);
    await store.close();
    const server = await startServe(folder, "standalone");
    const seconds = size(20, 5);
    await submitSteadily(server.url, seconds);
    const alone = await shareOf(server.pid, () => submitSteadily(server.url, seconds));
    const pages = await openPages(server.url, ["/"], 1);
    const one = await shareOf(server.pid, () => submitSteadily(server.url, seconds));
    await pages.close();
    await server.stop();
    return { values: { "nobody CPU %": alone, "one page adds CPU %": one - alone } };
  },
  targets: () => [atMost("one page adds CPU %", 5, "%")],
};

async function openPages(url: string, places: readonly string[], count = viewers) {
  const args = [pageViewers, url, String(count), ...places];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await said.next();
  return {
    async close(): Promise<number> {
      child.kill("SIGTERM");
      return Number((await said.next()).value);
    },
  };
}

async function openStreams(url: string, signal: AbortSignal): Promise<void> {
  for (let viewer = 0; viewer < viewers; viewer++) {
    const { body } = await fetch(url, { signal });
    void body?.pipeTo(new WritableStream()).catch(() => {});
  }
}

async function submitSteadily(url: string, seconds: number): Promise<void> {
  const init = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ type: "command", payload: { argv: ["true"] } }),
  };
  for (let n = 0; n < seconds * 50; n++) {
    const next = pause(20);
    await (await fetch(`${url}/api/tasks`, init)).body?.cancel();
    await next;
  }
}

async function shareOf(pid: number, work: () => Promise<void>): Promise<number> {
  const cpu = cpuSecondsOf(pid);
  const begunAt = performance.now();
  await work();
  return ((cpuSecondsOf(pid) - cpu) * 100_000) / (performance.now() - begunAt);
}

function atLeast(value: string, limit: number, why: string): Target {
  const text = `${value} ≥ ${limit} (${why})`;
  return { value, text, isMet: (measured) => measured >= limit };
}
