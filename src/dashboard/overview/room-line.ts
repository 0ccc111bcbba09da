import { size } from "../../domain/size-words.ts";
import type { Overview } from "../../overview/overview.ts";
import { type Html, html } from "../html.ts";
import { memoryMeter } from "../workers/memory-meter.ts";

/** Memory that workers use, of what they could have. */
export function roomLine({ memory, workers }: Overview): Html {
  const admissible = memory.used + memory.reserved + Math.max(0, memory.free);
  return html`<div class="room-line"><span class="muted">Workers use <b>${size(memory.used)}</b> of ${size(admissible)} admissible</span>${memoryMeter({ value: memory.used, top: admissible, label: `Memory used by ${workers.length} workers, of what is admissible` })}</div>`;
}
