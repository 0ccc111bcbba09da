import { size } from "../../domain/size-words.ts";
import { mostHeldShown } from "../../domain/taken-ahead.ts";
import type { Task } from "../../domain/task.ts";
import type { Worker } from "../../domain/worker.ts";
import { confirmation } from "../dialog.ts";
import { type Html, html, type Part } from "../html.ts";
import type { Viewer } from "../page.ts";
import { shownTitle } from "../tasks/task-title.ts";
import { panelId } from "./panel-id.ts";
import { refusalWords } from "./refusal-words.ts";
import type { PanelLinks } from "./workers-model.ts";

/** What admission refused, as `supervisor/admission.ts` has it. */
export interface RefusedAdd {
  readonly type: string;
  readonly limit: "memory" | "cpu" | "cap" | "ceiling";
  readonly message: string;
  readonly room: {
    readonly available: number;
    readonly guard: number;
    readonly reserved: number;
    readonly free: number;
    readonly live: number;
    readonly admissible: number;
  };
  readonly expectedMemory?: number;
}

interface Asking {
  readonly viewer: Viewer;
  readonly links: PanelLinks;
}

const titles = {
  memory: "Insufficient memory",
  cpu: "No free processor core",
  cap: "The cap for added workers is reached",
  ceiling: "The ceiling is reached",
} as const;

const risks = {
  memory: [
    "This worker or another may be ended by the system: its task fails, and what it has not saved is lost.",
    "The whole machine may become slow or stop responding.",
    "Other programs may be ended, with their unsaved work.",
  ],
  cpu: ["All workers share the cores: each of them, and other programs, become slower."],
  cap: ["The cap was set to leave room for other work on this machine, which then has less."],
  ceiling: [],
} as const;

/** What "Add worker" asks when admission has refused. */
export function addRefused(refused: RefusedAdd, { viewer, links }: Asking): Html {
  const { type, limit, message, room } = refused;
  return confirmation({
    id: "add-refused",
    title: titles[limit],
    body: html`<p>${refusalWords(message)}.</p>
<dl class="numbers-list">${number("Available", size(room.available))}${number("Kept for the system", size(room.guard))}${number("Reserved by live workers", size(room.reserved))}${number("Free for workers", size(Math.max(0, room.free)))}${number("Live workers", `${room.live} of ${room.admissible} admissible`)}</dl>
${risks[limit].length > 0 && html`<p><b>If you start it anyway:</b></p><ul>${risks[limit].map((risk) => html`<li>${risk}</li>`)}</ul>`}`,
    action: `${links.add}?force=true`,
    verb: "Start anyway",
    viewer,
    fields: { type },
    back: links.isFragment ? links.status : "/workers",
    ...(links.isFragment && { target: panelId }),
  });
}

function number(head: string, value: string): Part {
  return html`<div><dt>${head}</dt><dd>${value}</dd></div>`;
}

export function abortQuestion(
  { worker, name, tasks }: { worker: Worker; name: string; tasks: readonly Task[] },
  { viewer, links }: Asking,
): Html {
  const missing = tasks.length - mostHeldShown;
  const held =
    tasks.length === 0
      ? html`<p>It runs no task now.</p>`
      : html`<p>It runs ${tasks.length === 1 ? "a task" : `${tasks.length} tasks`}, whose progress since the last checkpoint is lost:</p><ul>${tasks.slice(0, mostHeldShown).map((task) => html`<li>${shownTitle(task)}</li>`)}${missing > 0 && html`<li class="muted">+ ${missing} more</li>`}</ul>`;
  return confirmation({
    id: "abort-worker",
    title: `Abort ${name}?`,
    body: html`${held}<p>${worker.mode === "inline" ? "Its thread is ended, and verified to be gone." : "It is asked to end (SIGTERM), what is left of its process tree is killed (SIGKILL) after a second at the latest, and verified to be gone. Its page shows each step."} To let it finish its work, drain it.</p>`,
    action: links.abort(worker.id),
    verb: `Abort ${name}`,
    viewer,
    fields: { confirm: "yes" },
    choices: html`<fieldset><legend>Its ${tasks.length === 1 ? "task" : "tasks"}</legend>
<label><input type="radio" name="tasks" value="fail" checked><span>fail as aborted <span class="muted">(can be retried by hand)</span></span></label>
<label><input type="radio" name="tasks" value="requeue"><span>run again <span class="muted">(the attempt does not count)</span></span></label></fieldset>`,
    asksReason: true,
    back: links.isFragment ? links.status : "/workers",
    ...(links.isFragment && { target: panelId }),
  });
}

export function drainAllQuestion(
  { live, busy }: { live: number; busy: number },
  { viewer, links }: Asking,
): Html {
  const workers = live === 1 ? "1 worker" : `${live} workers`;
  return confirmation({
    id: "drain-all",
    title: `Drain ${workers}?`,
    body: html`<p>${busy === 0 ? "None of them runs a task: they leave at once." : `${busy} of them finish what they run, which may take long; the others leave at once.`} What waits is not taken until workers are added.</p>`,
    action: links.drainAll,
    verb: `Drain ${workers}`,
    look: "primary",
    viewer,
    asksReason: true,
    back: links.isFragment ? links.status : "/workers",
  });
}
