import { type Html, html, nothing, type Part } from "./html.ts";

export interface Column {
  readonly head: string;
  /** Numbers stand at the right, with their unit in the head. */
  readonly isNumber?: boolean;
  /** The head is for screen readers only. */
  readonly isUnseen?: boolean;
  readonly sort?: ColumnSort;
  /** Stands in the place of the words: a box that ticks all. */
  readonly control?: Part;
  /** Names a column for the styles: `col-NAME`. */
  readonly name?: string;
}

export interface ColumnSort {
  /** Where the table is sorted the other way, or by this column. */
  readonly href: string;
  readonly order?: "ascending" | "descending";
}

export interface Row {
  /** Stable: what the row is about. */
  readonly id: string;
  /** One for each column; the first names the row unless `headAt` says otherwise. */
  readonly cells: readonly Part[];
  readonly className?: string;
  /** A long cell that takes the room of those after it, which it has not. */
  readonly wide?: { readonly at: number; readonly columns: number };
}

export interface TableModel {
  readonly id: string;
  readonly caption: string;
  readonly isCaptionUnseen?: boolean;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Which cell is the head of its row; 0 when left out. */
  readonly headAt?: number;
  /** Membership is frozen while somebody works in it (see `page.ts`). */
  readonly isFrozenInUse?: boolean;
}

/** On phones each row becomes a card, and each cell bears the head of its column. */
export function table(model: TableModel): Html {
  const { id, caption, columns, rows, isFrozenInUse = false } = model;
  return html`<div class="table-frame"><table id="${id}" class="table">
<caption${model.isCaptionUnseen === true ? html` class="unseen"` : nothing}>${caption}</caption>
<thead><tr>${columns.map(columnHead)}</tr></thead>
<tbody id="${id}-rows"${isFrozenInUse ? html` data-rows` : nothing}>${rows.map((row) => tableRow(row, model))}</tbody>
</table></div>`;
}

export function tableRow(row: Row, { columns, headAt = 0 }: TableModel): Html {
  return html`<tr id="${row.id}"${row.className === undefined ? nothing : html` class="${row.className}"`}>${row.cells.map(
    (cell, place) => {
      const { wide } = row;
      const at = wide && place > wide.at ? place + wide.columns - 1 : place;
      const { head = "", isNumber = false, name } = columns[at] ?? {};
      const classes = [isNumber && "number", name && `col-${name}`].filter(Boolean).join(" ");
      const shared = html` data-label="${head}"${classes !== "" && html` class="${classes}"`}`;
      return at === headAt
        ? html`<th scope="row"${shared}>${cell}</th>`
        : html`<td${shared}${at === wide?.at && html` colspan="${wide.columns}"`}>${cell}</td>`;
    },
  )}</tr>`;
}

function columnHead({
  head,
  isNumber = false,
  isUnseen = false,
  sort,
  name,
  control,
}: Column): Html {
  const classes = [isNumber && "number", name && `col-${name}`].filter(Boolean).join(" ");
  const sorted = sort?.order === undefined ? nothing : html` aria-sort="${sort.order}"`;
  return html`<th scope="col"${classes !== "" && html` class="${classes}"`}${sorted}>${control ?? (isUnseen ? html`<span class="unseen">${head}</span>` : headWords(head, sort))}</th>`;
}

function headWords(head: string, sort: ColumnSort | undefined): Html {
  if (sort === undefined) return html`${head}`;
  const arrow = { ascending: "↑", descending: "↓", none: "↕" }[sort.order ?? "none"];
  return html`<a class="sort" role="button" href="${sort.href}">${head} <span aria-hidden="true">${arrow}</span></a>`;
}
