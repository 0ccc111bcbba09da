import { type Html, html } from "../html.ts";

/** Long names lose their middle: beginnings and endings tell them apart. All of it on hover. */
export function shortened(text: string, most = 72): Html {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const characters = [...line.slice(0, 4 * most)];
  if (line.length <= most || (characters.length <= most && line.length <= 4 * most))
    return html`${line}`;
  const head = Math.ceil((most - 1) * 0.6);
  const end = [...line.slice(-2 * most)].slice(-(most - 1 - head));
  return html`<span title="${line.slice(0, 1_000)}">${characters.slice(0, head).join("")}…${end.join("")}</span>`;
}
