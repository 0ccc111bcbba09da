import { size } from "../../domain/size-words.ts";
import { percentWords } from "../../domain/worker-words.ts";
import { sparkline } from "../chart.ts";
import { html, type Part } from "../html.ts";
import type { TaskModel } from "./task-model.ts";

/** What its worker uses while it runs: memory and processor, since the attempt began. */
export function usageChart({ task, usage }: Pick<TaskModel, "task" | "usage">): Part {
  const { startedAt: since = Infinity } = task;
  const samples = usage.filter(({ at }) => at >= since).slice(-60);
  const last = samples.at(-1);
  if (task.state !== "running" || last === undefined) return false;
  const memory = samples.map((sample) => sample.memory);
  const processor = samples.flatMap(({ cpuPercent = [] }) => cpuPercent);
  const percent = percentWords(last.cpuPercent) || "–";
  const peak = Math.max(...memory);
  const most = Math.round(Math.max(...processor));
  return html`<section class="usage" aria-labelledby="usage-title"><h2 id="usage-title">Its worker now</h2><dl class="facts wide">
<div><dt>Memory</dt><dd>${memory.length > 1 && sparkline({ values: memory, sentence: `Memory: ${size(last.memory)} now, ${size(peak)} at its peak` })} <span>${size(last.memory)}</span> <span class="muted">peak ${size(peak)}</span></dd></div>
<div><dt>CPU</dt><dd>${processor.length > 1 && sparkline({ values: processor, sentence: `Processor: ${percent} now, ${most} % at most`, tone: "draining" })} <span>${percent}</span> <span class="muted">${last.processes} ${last.processes === 1 ? "process" : "processes"}</span></dd></div>
</dl></section>`;
}
