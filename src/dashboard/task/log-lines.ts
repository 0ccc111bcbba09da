import { span } from "../../domain/time-words.ts";
import type { StoredLogLine } from "../../store/task-store.ts";
import { type Html, html, nothing, type Part } from "../html.ts";
import { grouped } from "../tasks/count-words.ts";
import { taskAddress } from "../tasks/task-title.ts";
import { exactUtc } from "../time.ts";
import { readAnsi } from "./ansi.ts";
import type { LogModel } from "./log-model.ts";
import { redactText } from "./redact.ts";

/** What is shown above a line that was found. */
const linesAbove = 20;

/** The lines of a stretch; a gap and a new attempt are told where they are. */
export function logLines(log: LogModel): Html {
  let before: { cursor: number; attempt: number } = { cursor: log.after, attempt: 0 };
  const rows = log.lines.map((line) => {
    const row = html`${log.find === undefined && gap(line.cursor - before.cursor - 1)}${newAttempt(line, before)}${logLine(line, log)}`;
    before = line;
    return row;
  });
  return html`<ol id="log-lines" class="log-lines" data-last="${before.cursor}">${rows}</ol>`;
}

function gap(missing: number): Part {
  if (missing <= 0) return false;
  return html`<li class="gap">${grouped(missing)} ${missing === 1 ? "line was" : "lines were"} not kept</li>`;
}

function newAttempt(line: StoredLogLine, before: { cursor: number; attempt: number }): Part {
  if (line.attempt === before.attempt || line.attempt === 1) return false;
  return html`<li class="gap">Attempt ${line.attempt}</li>`;
}

function logLine(line: StoredLogLine, { taskId, find, startedAt }: LogModel): Html {
  const since = startedAt[line.attempt];
  const into = since === undefined ? "" : `+${span(Math.max(0, line.at - since))}`;
  return html`<li id="log-${line.cursor}" class="${line.stream}">${lineNumber(line, taskId, find)}<span class="at" title="${exactUtc(line.at)}">${into}</span><span class="text">${line.stream === "stderr" && html`<span class="unseen">stderr: </span>`}${styled(line.line, find)}</span></li>`;
}

/** Of a line that was found: leads to where it stands. */
function lineNumber({ cursor }: StoredLogLine, taskId: string, find: string | undefined): Html {
  if (find === undefined) return html`<span class="nr">${cursor}</span>`;
  const from = Math.max(1, cursor - linesAbove);
  return html`<a class="nr" href="${taskAddress(taskId)}?from=${from}&view=log#log-${cursor}" aria-label="Line ${cursor}, in its place">${cursor}</a>`;
}

function styled(line: string, find: string | undefined): Part {
  const pieces = readAnsi(redactText(line));
  return pieces.map(({ text, classes }) => {
    const words = marked(text, find);
    return classes.length === 0 ? words : html`<span class="${classes.join(" ")}">${words}</span>`;
  });
}

export function marked(text: string, find: string | undefined): Html {
  if (find === undefined || find === "") return html`${text}`;
  const [low, wanted] = [text.toLowerCase(), find.toLowerCase()];
  const parts: Html[] = [];
  let from = 0;
  // Where lower case has another length, places in both would not be the same.
  if (low.length !== text.length) return html`${text}`;
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, from)) {
    parts.push(html`${text.slice(from, at)}<mark>${text.slice(at, at + wanted.length)}</mark>`);
    from = at + wanted.length;
  }
  return parts.length === 0 ? html`${text}` : html`${parts}${text.slice(from) || nothing}`;
}
