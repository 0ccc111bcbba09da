import {
  type ContainerFacts,
  containerOf,
  limitWords,
  shortId,
} from "../../domain/container-facts.ts";
import { size } from "../../domain/size-words.ts";
import { stalledAfterMs, type Worker } from "../../domain/worker.ts";
import { isLive, workerStates } from "../../domain/worker-state.ts";
import { percentWords } from "../../domain/worker-words.ts";
import { defineCommand } from "../command.ts";
import { parseSeveralOf } from "../input/one-of.ts";
import { workerJson } from "../present/json-shapes.ts";
import { type Column, printTable } from "../present/table.ts";
import { stateColour } from "../present/task-words.ts";
import { tellOfTheDead } from "../present/tell-of-the-dead.ts";
import { age } from "../present/time.ts";

export const workersList = defineCommand({
  name: "workers list",
  usage: "workers list [--status STATE] [--type TYPE]",
  summary: "show workers: state, mode, jobs processed, uptime, last heartbeat",
  examples: [
    { wish: "those that live", line: "clx workers list --status created,idle,busy,draining,hung" },
    { wish: "those of one type, as JSON", line: "clx workers list --type command --json" },
  ],
  details: `States: ${workerStates.join(", ")}.\nThose that live come first. A "!" marks a worker without a heartbeat for 3 minutes.
Where workers run in containers, their ids, limits and use of the processor are shown too.`,
  options: {
    status: {
      type: "string",
      multiple: true,
      value: "STATE",
      help: "only workers in this state; several with commas",
    },
    type: { type: "string", help: "only workers of this type" },
  },
  async run({ openStore, terminal, clock }, { values }) {
    const states = parseSeveralOf(values.status, "--status", workerStates);
    const store = await openStore("read");
    const workers = await store.listWorkers({
      ...(states && { states }),
      ...(values.type !== undefined && { type: values.type }),
    });
    if (terminal.json) {
      terminal.printJson({ workers: workers.map(workerJson) });
      return 0;
    }
    if (workers.length === 0) terminal.note("no such workers");
    else printTable(terminal, columns(clock(), workers), liveFirst(workers));
    await tellOfTheDead(terminal, store);
    return 0;
  },
});

/** Those that live, then those that have ended, the newest of each first. */
function liveFirst(workers: readonly Worker[]): readonly Worker[] {
  const newest = workers.toReversed();
  return [
    ...newest.filter(({ state }) => isLive(state)),
    ...newest.filter(({ state }) => !isLive(state)),
  ];
}

function columns(now: number, workers: readonly Worker[]): Column<Worker>[] {
  const some = workers.some((worker) => containerOf(worker) !== undefined);
  return [...generalColumns(now), ...(some ? containerColumns : [])];
}

const containerColumns: readonly Column<Worker>[] = [
  { header: "CPU", value: cpuNow, align: "right" },
  { header: "CONTAINER", value: (worker) => ofContainer(worker, shortId) },
  { header: "LIMITS", value: (worker) => ofContainer(worker, limitWords), shrinkTo: 8 },
];

function ofContainer(worker: Worker, words: (container: ContainerFacts) => string): string {
  const container = containerOf(worker);
  return container === undefined ? "" : words(container);
}

function cpuNow({ usage, state }: Worker): string {
  return isLive(state) ? percentWords(usage?.cpuPercent) : "";
}

function generalColumns(now: number): Column<Worker>[] {
  return [
    { header: "ID", value: ({ id }) => id, shrinkTo: 12, cut: "middle" },
    { header: "TYPE", value: ({ type }) => type, shrinkTo: 12, cut: "middle" },
    { header: "STATE", value: (worker) => stateMark(worker, now), colour: stateColour },
    { header: "MODE", value: ({ mode }) => mode },
    {
      header: "JOBS",
      value: ({ tasksCompleted, tasksFailed }) => String(tasksCompleted + tasksFailed),
      align: "right",
    },
    { header: "UPTIME", value: (worker) => uptime(worker, now), align: "right" },
    { header: "BEAT", value: (worker) => lastBeat(worker, now), align: "right" },
    { header: "MEMORY", value: memoryNow, align: "right" },
  ];
}

function stateMark(worker: Worker, now: number): string {
  const { state, heartbeatAt, registeredAt } = worker;
  const stalled = isLive(state) && now - (heartbeatAt ?? registeredAt) > stalledAfterMs;
  return stalled ? `${state} !` : state;
}

function uptime({ activatedAt, endedAt }: Worker, now: number): string {
  return activatedAt === undefined ? "" : age(activatedAt, endedAt ?? now);
}

function lastBeat({ heartbeatAt, state }: Worker, now: number): string {
  return heartbeatAt === undefined || !isLive(state) ? "" : age(heartbeatAt, now);
}

function memoryNow({ usage, state }: Worker): string {
  return usage && isLive(state) ? size(usage.memory) : "";
}
