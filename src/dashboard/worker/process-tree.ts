import { containerOf } from "../../domain/container-facts.ts";
import { size } from "../../domain/size-words.ts";
import { span } from "../../domain/time-words.ts";
import type { Worker } from "../../domain/worker.ts";
import { isLive } from "../../domain/worker-state.ts";
import { percentWords } from "../../domain/worker-words.ts";
import { type Html, html } from "../html.ts";
import { table } from "../table.ts";
import type { WorkerModel } from "./worker-model.ts";

/** They have pids of their own in there; what they use together is known. */
function inContainer({ usage }: Worker): string {
  if (usage === undefined) return "Its processes are in its container.";
  const { processes, memory, cpuPercent } = usage;
  const processor = percentWords(cpuPercent);
  const count = processes === 1 ? "1 process" : `${processes} processes`;
  return `In its container: ${count}, ${size(memory)}${processor === "" ? "" : `, ${processor} of a core`}.`;
}

export function processTree({ processes, worker, isBeingEnded }: WorkerModel): Html {
  if (isBeingEnded) return html`<p class="muted calm">What is left of it is being ended.</p>`;
  if (!isLive(worker.state)) return html`<p class="muted calm">Nothing of it runs.</p>`;
  if (containerOf(worker) !== undefined)
    return html`<p class="muted calm">${inContainer(worker)}</p>`;
  if (processes === undefined || processes.length === 0)
    return html`<p class="muted calm">Its processes cannot be seen from this server.</p>`;
  return table({
    id: "tree-table",
    caption: "Processes of this worker",
    isCaptionUnseen: true,
    columns: [
      { head: "Process" },
      { head: "Memory", isNumber: true },
      { head: "Processor time", isNumber: true },
    ],
    rows: processes.map(({ pid, depth, name, memory, cpuMs }) => ({
      id: `process-${pid}`,
      cells: [
        html`<span class="branch" aria-hidden="true">${"   ".repeat(Math.max(0, depth - 1))}${depth > 0 && "└ "}</span>${name !== undefined && html`${name} `}<span class="muted">pid ${pid}</span>`,
        size(memory),
        span(cpuMs),
      ],
    })),
  });
}
