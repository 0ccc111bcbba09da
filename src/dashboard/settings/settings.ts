import { empty } from "../empty.ts";
import { type Html, html } from "../html.ts";
import { table } from "../table.ts";
import { keysSection } from "./keys.ts";
import type { SettingsModel } from "./settings-model.ts";

/** What is in force, and who may do what? */
export function settingsPage(model: SettingsModel): Html {
  return html`<h1>Settings</h1>
<div class="settings">${browserSection()}${keysSection(model)}${configuration(model)}${versions(model)}</div>`;
}

/** Kept by the browser alone; scripts keep each of them (`browser/choices.js`). */
function browserSection(): Html {
  return html`<section aria-labelledby="browser-title"><h2 id="browser-title">This browser</h2>
<noscript><p class="note">These need scripts. Without them the theme is that of the system, times are UTC, and pages stay as they were when they were loaded.</p></noscript>
<div class="choices">
${setting("theme", "Theme", [
  ["system", "as the system"],
  ["light", "light"],
  ["dark", "dark"],
])}
${setting("zone", "Time zone", [
  ["local", "of this browser"],
  ["utc", "UTC"],
])}
${setting("updates", "Updates", [
  ["on", "as they happen"],
  ["off", "paused"],
])}
${setting("density", "Rows", [
  ["comfortable", "comfortable"],
  ["compact", "compact"],
])}
</div></section>`;
}

type Choice = readonly [value: string, words: string];

function setting(name: string, label: string, choices: readonly Choice[]): Html {
  return html`<p class="field"><label for="set-${name}">${label}</label><select id="set-${name}" data-setting="${name}">${choices.map(([value, words]) => html`<option value="${value}">${words}</option>`)}</select></p>`;
}

function configuration({ values, files }: SettingsModel): Html {
  return html`<section aria-labelledby="configuration-title"><h2 id="configuration-title">Configuration in force</h2>
<p class="muted">Strongest first: command line, environment, project, user, system, defaults. It is read when the server starts; <code>clx config show</code> prints the same.</p>
<ul class="files">${files.map(({ path, exists }) => html`<li><code>${path}</code> <span class="muted">${exists ? "read" : "not there"}</span></li>`)}</ul>
${
  values.length === 0
    ? empty({ kind: "failed", title: "The configuration could not be shown.", again: "/settings" })
    : table({
        id: "configuration",
        caption: "Configuration in force",
        isCaptionUnseen: true,
        columns: [
          { head: "Key", name: "key" },
          { head: "Value", name: "value" },
          { head: "From", name: "from" },
        ],
        rows: values.map(({ key, value, origin, isDefault }) => ({
          id: `value-${key}`,
          cells: [
            html`<code>${key}</code>`,
            value === undefined
              ? html`<span class="muted">not set</span>`
              : html`<code>${value}</code>`,
            isDefault
              ? html`<span class="muted">${origin}</span>`
              : html`<strong>${origin}</strong>`,
          ],
        })),
      })
}</section>`;
}

function versions({ versions: told }: SettingsModel): Html {
  return html`<section aria-labelledby="versions-title"><h2 id="versions-title">Versions</h2><dl class="facts wide">${told.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}
