import { size } from "../../domain/size-words.ts";
import { type Html, html, nothing, type Part } from "../html.ts";
import { grouped } from "../tasks/count-words.ts";
import { tasksAddress } from "../tasks/tasks-query.ts";
import { memoryMeter } from "./memory-meter.ts";
import { refusalWords } from "./refusal-words.ts";
import type { WorkersModel } from "./workers-model.ts";

/** How many work, what memory there is, what waits. */
export function roomTiles(model: WorkersModel): Html {
  return html`<dl class="tiles">${workersTile(model)}${memoryTile(model)}${queueTile(model)}</dl>`;
}

function workersTile({ workers, types, memory }: WorkersModel): Html {
  const busy = workers.filter(({ worker }) => worker.state === "busy").length;
  const most = Math.max(0, ...types.map(({ admissible }) => admissible));
  const unwell = workers.filter(({ condition }) => condition !== "well").length;
  return html`<div class="tile"><dt>Workers</dt><dd><span class="count">${workers.length}</span>${most > 0 && html` <span class="of">of ${most} admissible</span>`}<p>${busy} busy${unwell > 0 && html`, <span class="hung toned">${unwell} not well</span>`} · ${memory.physicalCores} physical ${memory.physicalCores === 1 ? "core" : "cores"}</p></dd></div>`;
}

function memoryTile({ memory, types }: WorkersModel): Html {
  const used = memory.total - memory.available;
  const percent = Math.round((used / Math.max(1, memory.total)) * 100);
  return html`<div class="tile wide"><dt>Memory</dt><dd><p class="level"><span class="count">${percent} %</span> <span class="of">used on this machine, ${size(used)} of ${size(memory.total)}</span></p>${memoryMeter({ value: used, top: memory.total, label: "Memory used on this machine" })}<p>${size(memory.used)} by workers · ${size(Math.max(0, memory.available))} available · ${size(memory.guard)} kept for the system${memory.reserved > 0 && html` · ${size(memory.reserved)} reserved`}${memory.pressure === "normal" ? nothing : html` · <span class="hung toned">memory pressure ${memory.pressure}</span>`}</p>${roomWords(types)}</dd></div>`;
}

/** Types for which there is as much room are told together. */
function roomWords(types: WorkersModel["types"]): Part {
  const open = types.filter(({ refusal }) => refusal === undefined);
  const rooms = [...Map.groupBy(open, ({ room }) => room)].map(([room, alike]) => {
    const names = anyOf.format(alike.map(({ type }) => type));
    return html`<p class="room">Room for ${room} more ${names} ${room === 1 ? "worker" : "workers"}</p>`;
  });
  const refusals = types.flatMap(({ refusal }) => refusal ?? []);
  return [
    ...rooms,
    ...refusals.map((one) => html`<p class="room refused">${refusalWords(one)}</p>`),
  ];
}

const anyOf = new Intl.ListFormat("en-GB", { type: "disjunction" });

function queueTile({ queue }: WorkersModel): Html {
  return html`<div class="tile"><dt>Tasks</dt><dd><span class="count">${grouped(queue.pending)}</span> <span class="of"><a href="${tasksAddress({ state: "pending" })}">pending</a></span><p><a href="${tasksAddress({ state: "running" })}">${grouped(queue.running)} running</a></p></dd></div>`;
}
