import { type Html, html } from "./html.ts";

const keys: readonly (readonly [string, string])[] = [
  ["g o", "Overview"],
  ["g t", "Tasks"],
  ["g w", "Workers"],
  ["g e", "Events"],
  ["g s", "Settings"],
  ["/", "Search on this page"],
  ["j k", "Next, previous row"],
  ["↑ ↓ ← →", "From one time of a table to another"],
  ["r", "Refresh now"],
  ["p", "Pause or resume updates"],
  ["t", "Theme"],
  ["?", "This help"],
  ["Esc", "Close"],
];

export function keysHelp(): Html {
  return html`<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keys</h2>
<dl class="keys">${keys.map(
    ([key, does]) =>
      html`<div><dt>${key.split(" ").map((one) => html`<kbd>${one}</kbd> `)}</dt><dd>${does}</dd></div>`,
  )}</dl>
<form method="dialog" class="buttons"><button autofocus>Close help</button></form></dialog>`;
}
