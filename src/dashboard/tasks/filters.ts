import { failureKinds } from "../../domain/failure.ts";
import { type Html, html, nothing } from "../html.ts";
import { ages, isFiltered, type Order, type TasksQuery, tasksAddress } from "./tasks-query.ts";

/** For completion; none of them is complete. */
export interface KnownNames {
  readonly types: readonly string[];
  readonly queues: readonly string[];
  readonly workers: readonly string[];
  readonly sessions: readonly string[];
}

interface FilterModel {
  readonly query: TasksQuery;
  readonly known: KnownNames;
}

/** A form with GET: what it asks for is in the address, and it works without scripts. */
export function filterLine({ query, known }: FilterModel): Html {
  const rare = [query.queue, query.session, query.worker, query.tag, query.error, query.age];
  const isOpen = rare.some((one) => one !== undefined);
  return html`<form id="filters" class="filters" method="get" action="/tasks" role="search" aria-label="Filter tasks">
${query.state !== undefined && html`<input type="hidden" name="state" value="${query.state}">`}
${field({ name: "q", label: "Text", value: query.text, type: "search", hint: "id, title, tag, payload, error" })}
${field({ name: "type", label: "Type", value: query.type, known: known.types })}
<details class="more-filters"${isOpen ? html` open` : nothing}><summary>More filters</summary><div>
${field({ name: "worker", label: "Worker", value: query.worker, known: known.workers })}
${field({ name: "session", label: "Session", value: query.session, known: known.sessions })}
${field({ name: "queue", label: "Queue", value: query.queue, known: known.queues })}
${field({ name: "tag", label: "Tag", value: query.tag })}
${choice({ name: "age", label: "Submitted", value: query.age, any: "at any time", options: ageOptions })}
${choice({ name: "error", label: "Error", value: query.error, any: "any or none", options: errorOptions })}
${choice({ name: "order", label: "Order", value: query.order, options: orderOptions })}
</div></details>
<div class="buttons"><button type="submit">Filter</button>${isFiltered(query) && html`<a class="button" href="${tasksAddress(query.state === undefined ? {} : { state: query.state })}">Clear filters</a>`}</div>
</form>`;
}

const ageOptions = Object.entries(ages).map(([value, { words }]) => [value, words] as const);
const errorOptions = Object.keys(failureKinds).map(
  (kind) => [kind, kind.replaceAll("_", " ")] as const,
);
const orderOptions: readonly (readonly [Order, string])[] = [
  ["newest", "newest first"],
  ["oldest", "oldest first"],
  ["ended", "ended last first"],
];

interface Field {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly type?: "text" | "search";
  readonly hint?: string;
  readonly known?: readonly string[];
}

export function field({ name, label, value = "", type = "text", hint, known = [] }: Field): Html {
  const list = known.length === 0 ? nothing : html` list="known-${name}"`;
  return html`<p class="field"><label for="filter-${name}">${label}</label><input id="filter-${name}" name="${name}" type="${type}" value="${value}" autocomplete="off" spellcheck="false" maxlength="300"${hint !== undefined && html` placeholder="${hint}"`}${type === "search" && html` data-search`}${list}>${known.length > 0 && html`<datalist id="known-${name}">${known.map((one) => html`<option value="${one}"></option>`)}</datalist>`}</p>`;
}

interface Choice {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  /** What it says while nothing is chosen; left out where something always is. */
  readonly any?: string;
  readonly options: readonly (readonly [string, string])[];
}

export function choice({ name, label, value, any, options }: Choice): Html {
  return html`<p class="field"><label for="filter-${name}">${label}</label><select id="filter-${name}" name="${name}">${any !== undefined && html`<option value="">${any}</option>`}${options.map(
    ([one, words]) =>
      html`<option value="${one}"${one === value ? html` selected` : nothing}>${words}</option>`,
  )}</select></p>`;
}
