import { parseDuration } from "../../config/duration.ts";
import { resolveWorkerPolicy } from "../../config/worker-policy.ts";
import { span } from "../../domain/time-words.ts";
import type { StopStep } from "../../lifecycle/services/stop-services.ts";
import { defineCommand } from "../command.ts";
import { dryRunOption } from "../dry-run.ts";
import { counted } from "../present/counted.ts";
import { workerJson } from "../present/json-shapes.ts";
import { servicesPlace } from "../services/services-setup.ts";
import type { StoppedServices } from "../services/stop-here.ts";
import { onStopSignal } from "../stop-signals.ts";
import type { Terminal } from "../terminal.ts";

export const stopServices = defineCommand({
  name: "stop-services",
  usage: "stop-services [--timeout DURATION] [--force] [--dry-run]",
  summary: "stop the workers of clx start-services, from any shell",
  examples: [
    { wish: "stop them", line: "clx stop-services" },
    { wish: "let running tasks end, for so long", line: "clx stop-services --timeout 10m" },
    { wish: "give running tasks back now", line: "clx stop-services --force" },
  ],
  details: `Tasks that still run then are given back to the queue, and run again when there are workers again.
It also works when the process that keeps the workers has been killed. Exit code 0 when nothing
runs. The first Ctrl-C ends the waiting.`,
  options: {
    timeout: {
      type: "string",
      value: "DURATION",
      help: "how long running tasks may take to end (default: 10s)",
    },
    force: { type: "boolean", help: "do not wait for running tasks" },
    ...dryRunOption,
  },
  async run(context, { values }) {
    const { terminal, cwd, database } = context;
    const { timing } = resolveWorkerPolicy(context.config);
    const given =
      values.timeout === undefined
        ? timing.stopGraceMs
        : parseDuration(values.timeout, "--timeout");
    const dryRun = values["dry-run"] ?? false;
    const hurry = new AbortController();
    const signals = onStopSignal(() => {
      terminal.note("not waiting any longer: giving back what runs");
      hurry.abort();
    });
    const { stopHere } = await import("../services/stop-here.ts");
    try {
      const stopped = await stopHere(context, {
        place: servicesPlace(cwd),
        namedDatabase: database.source === "--db-path" ? database.path : undefined,
        timeoutMs: values.force ? 0 : given,
        abortGraceMs: timing.abortGraceMs + 1_000,
        dryRun,
        hurry: hurry.signal,
        onStep: (step) => tellStep(terminal, step, given),
      });
      const { workers, supervisors, openTasks, notes } = stopped;
      if (terminal.json) {
        terminal.printJson({
          dry_run: dryRun,
          database: stopped.database,
          supervisor_pids: supervisors,
          workers: workers.map(workerJson),
          open_tasks: openTasks,
          notes,
        });
        return 0;
      }
      for (const note of notes) terminal.note(note);
      terminal.print(summary(stopped, dryRun));
      if (dryRun) for (const { id, state } of workers) terminal.print(`  ${id}  ${state}`);
      if (openTasks > 0) terminal.note(openWords(openTasks, dryRun));
      return 0;
    } finally {
      signals.close();
    }
  },
});

function summary({ workers, supervisors }: StoppedServices, dryRun: boolean): string {
  if (workers.length === 0 && supervisors.length === 0) return "no services run";
  const who =
    supervisors.length === 0 ? "" : ` and process ${supervisors.join(", ")}, which kept them`;
  return `${dryRun ? "would stop" : "stopped"} ${counted(workers.length, "worker")}${who}`;
}

function openWords(count: number, dryRun: boolean): string {
  const verb = dryRun ? "would stay" : count === 1 ? "stays" : "stay";
  return `${counted(count, "task")} ${verb} in the queue`;
}

function tellStep(terminal: Terminal, step: StopStep, timeoutMs: number): void {
  if (terminal.json || step.kind === "supervisor_ended" || step.kind === "draining") return;
  const ids = step.workers.map(({ id }) => id).join(", ");
  if (step.kind === "giving_back") terminal.note(`giving back what these still do: ${ids}`);
  else
    terminal.note(`waiting up to ${span(timeoutMs)} for tasks of ${ids}; Ctrl-C ends the waiting`);
}
