import { type Html, html, nothing } from "../html.ts";
import { table } from "../table.ts";

/** The API as people read it. */
export interface ApiModel {
  readonly version: string;
  /** Paragraphs; `code` stands between back-ticks. */
  readonly description: readonly string[];
  readonly groups: readonly ApiGroup[];
}

export interface ApiGroup {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly ApiOperation[];
}

export interface ApiOperation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly details: readonly string[];
  readonly role: string;
  /** Of path, query and body. */
  readonly takes: readonly ApiField[];
  readonly answers: readonly ApiAnswer[];
}

export interface ApiField {
  readonly name: string;
  readonly place: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

export interface ApiAnswer {
  readonly status: string;
  readonly description: string;
  readonly media: string;
  readonly fields: readonly ApiField[];
}

export function apiPage({ version, description, groups }: ApiModel): Html {
  return html`<div class="api">
<h1>HTTP API <span class="muted">${version}</span></h1>
${description.map((words) => html`<p>${withCode(words)}</p>`)}
<p>For programs: <a href="/api/openapi.json">the same as an OpenAPI 3.1 document</a>.</p>
<nav aria-label="Parts of the API"><ul class="api-parts">${groups.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>`)}</ul></nav>
${groups.map(group)}
</div>`;
}

function group({ name, description, operations }: ApiGroup): Html {
  return html`<section id="${name}" aria-labelledby="${name}-title">
<h2 id="${name}-title">${name}</h2>
<p class="muted">${description}</p>
${operations.map(operation)}
</section>`;
}

function operation(one: ApiOperation): Html {
  const { name, method, path, summary, details, role, takes, answers } = one;
  return html`<details class="api-operation" id="${name}">
<summary><span class="api-method api-${method.toLowerCase()}">${method}</span> <code>${path}</code> <span class="api-summary">${summary}</span></summary>
${details.map((words) => html`<p>${withCode(words)}</p>`)}
<p class="muted">${role === "public" ? "Anybody may." : `Needs the role ${role}.`} The client calls it <code>${name}</code>.</p>
${takes.length > 0 && fields(`${name}-takes`, "Takes", takes)}
${answers.map((answer) => answerOf(name, answer))}
</details>`;
}

function answerOf(name: string, { status, description, media, fields: own }: ApiAnswer): Html {
  return html`<p><b>${status}</b> ${withCode(description)}${media !== "application/json" && media !== "" && html` <code>${media}</code>`}</p>
${own.length > 0 ? fields(`${name}-${status}`, `Answer ${status}`, own) : nothing}`;
}

function fields(id: string, caption: string, all: readonly ApiField[]): Html {
  return table({
    id,
    caption,
    columns: [{ head: "Field" }, { head: "In" }, { head: "Kind" }, { head: "Meaning" }],
    rows: all.map(({ name, place, type, isRequired, description }) => ({
      id: `${id}-${place}-${name}`,
      cells: [
        html`<code>${name}</code>${isRequired && html` <span class="muted">required</span>`}`,
        place,
        type,
        withCode(description),
      ],
    })),
  });
}

function withCode(words: string): Html {
  const parts = words.split("`");
  return html`${parts.map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
