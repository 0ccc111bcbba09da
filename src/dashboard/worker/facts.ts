import { containerOf, limitWords, shortId } from "../../domain/container-facts.ts";
import { size } from "../../domain/size-words.ts";
import { span } from "../../domain/time-words.ts";
import { type Html, html, type Part } from "../html.ts";
import { time } from "../time.ts";
import type { WorkerModel } from "./worker-model.ts";

/** Which process it is, beyond doubt, and how it was started. */
export function factsOf({ worker, restarts, now }: WorkerModel): Html {
  const { process, registeredAt, activatedAt, heartbeatAt } = worker;
  const container = containerOf(worker);
  return html`<dl class="facts-list">
${fact("Id", html`<span class="id">${worker.id}</span>`)}
${fact("Type, mode", `${worker.type}, ${worker.mode}`)}
${fact("Queue", worker.queue)}
${process === undefined ? fact("Process", html`<span class="muted">none yet</span>`) : html`${fact("Process", html`pid ${process.pid}`)}${fact("Process start", html`<span class="id">${process.startedAt}</span>`)}${fact("Host", html`<span class="id">${process.host}</span>`)}`}
${container !== undefined && html`${fact("Container", html`<span class="id">${shortId(container)}</span>`)}${container.image !== undefined && fact("Image", html`<span class="id">${container.image}</span>`)}${fact("Limits", limitWords(container))}`}
${worker.parent !== undefined && fact("Started by", `pid ${worker.parent.pid}`)}
${fact("Registered", time(registeredAt, { now }))}
${activatedAt !== undefined && fact("Took up work", html`${time(activatedAt, { now })} <span class="muted">after ${span(activatedAt - registeredAt)}</span>`)}
${fact("Heartbeat", heartbeatAt === undefined ? "none yet" : html`${time(heartbeatAt, { now })} <span class="muted">${worker.beats} in all</span>`)}
${fact("Restarts of its place", String(restarts))}
${fact("Tasks", `${worker.tasksCompleted} completed, ${worker.tasksFailed} failed, busy ${span(worker.busyMs)}`)}
${fact("Concurrency", String(worker.concurrency))}
${fact("Expected memory", size(worker.expectedMemory))}
${worker.memoryLimit !== undefined && fact("Memory limit", size(worker.memoryLimit))}
${worker.sessionId !== undefined && fact("Session", html`<span class="id">${worker.sessionId}</span>`)}
${worker.configSource !== undefined && fact("Configured by", worker.configSource)}
</dl>`;
}

function fact(head: string, value: Part): Html {
  return html`<div><dt>${head}</dt><dd>${value}</dd></div>`;
}
