import { type Html, html, nothing } from "../html.ts";
import { table } from "../table.ts";

/** The API as people read it. */
export interface ApiModel {
  readonly version: string;
  /** Paragraphs; `code` stands between back-ticks. */
  readonly description: readonly string[];
  readonly groups: readonly ApiGroup[];
  /** What several answers have the shape of. */
  readonly shapes: readonly ApiShape[];
}

export interface ApiShape {
  readonly name: string;
  readonly description: string;
  readonly fields: readonly ApiField[];
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
  /** The name of a shape; else its fields are here. */
  readonly shape?: string;
  readonly fields: readonly ApiField[];
}

export function apiPage({ version, description, groups, shapes }: ApiModel): Html {
  return html`<div class="api">
<h1>HTTP API <span class="muted">${version}</span></h1>
${description.map((words) => html`<p>${withCode(words)}</p>`)}
<p>For programs: <a href="/api/openapi.json">the same as an OpenAPI 3.1 document</a>.</p>
<nav aria-label="Parts of the API"><ul class="api-parts">${groups.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>`)}<li><a href="#shapes">shapes</a></li></ul></nav>
${groups.map(group)}
<section id="shapes" aria-labelledby="shapes-title">
<h2 id="shapes-title">shapes</h2>
<p class="muted">What several answers have in common. What is not known is left out.</p>
${shapes.map(shapeOf)}
</section>
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
<p class="muted">${role === "public" ? "Anybody may." : `Needs the role ${role}.`} Operation <code>${name}</code>.</p>
${takes.length > 0 && fields(`${name}-takes`, "Takes", takes)}
${answers.map((answer) => answerOf(name, answer))}
</details>`;
}

function shapeOf({ name, description, fields: own }: ApiShape): Html {
  return html`<details class="api-operation" id="shape-${name}">
<summary><code>${name}</code> <span class="api-summary">${description}</span></summary>
${fields(`shape-${name}-fields`, name, own)}
</details>`;
}

function answerOf(name: string, answer: ApiAnswer): Html {
  const { status, description, media, shape, fields: own } = answer;
  const isJson = media === "application/json" || media === "";
  return html`<p><b>${status}</b> ${withCode(description)}${!isJson && html` <code>${media}</code>`}${shape !== undefined && html` <a href="#shape-${shape}">${shape}</a>`}</p>
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
