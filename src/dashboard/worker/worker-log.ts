import { size } from "../../domain/size-words.ts";
import { type Html, html } from "../html.ts";
import { readAnsi } from "../task/ansi.ts";
import { redactText } from "../task/redact.ts";
import type { WorkerModel } from "./worker-model.ts";

/** The end of its log file, with what colours it has. */
export function workerLog({ worker, log }: WorkerModel): Html {
  const text = log.text === "" ? (worker.ending?.logTail ?? "") : log.text;
  const isCut = log.size > log.text.length;
  return html`<div class="heading"><h2 id="log-title">Log</h2><span class="muted">${worker.logPath !== undefined && html`<span class="id">${worker.logPath}</span>`}${isCut && html` · the end of ${size(log.size)}`}</span></div>
${
  text === ""
    ? html`<p class="muted calm">Nothing was written.</p>`
    : html`<pre class="log-text" id="worker-log-text" tabindex="0" role="region" aria-label="End of the log" data-stick>${text
        .trimEnd()
        .split("\n")
        .map((line) => html`${styled(line)}\n`)}</pre>`
}`;
}

function styled(line: string): Html {
  return html`${readAnsi(redactText(line)).map(({ text, classes }) =>
    classes.length === 0 ? text : html`<span class="${classes.join(" ")}">${text}</span>`,
  )}`;
}
