import { span } from "../../domain/time-words.ts";
import type { FindingCode, Overview } from "../../overview/overview.ts";
import { glyph, type Mark } from "../badge.ts";
import { type Html, html, type Part } from "../html.ts";
import { tasksAddress } from "../tasks/tasks-query.ts";
import type { OverviewModel } from "./overview-model.ts";

/** Whoever waits longer than this wonders why. */
const longWaitMs = 5 * 60_000;

/** What needs somebody, the worst first; or that nothing does. */
export function attention(model: OverviewModel): Html {
  const needs = needsOf(model);
  const [worst] = needs;
  const told = worst === undefined ? "Nothing needs you." : worst.words;
  return html`<section class="attention ${worst?.mark ?? "well"}" id="attention" data-live="overview tasks workers" data-interval="10" data-announce="${told}" aria-label="Attention">${
    worst === undefined
      ? html`<p class="need">${glyph("well")}<span><b>Nothing needs you</b> <span class="muted">${calmWords(model.overview)}</span></span></p>`
      : html`<ul>${needs.map(needLine)}</ul>`
  }</section>`;
}

interface Need {
  readonly mark: Mark;
  readonly words: string;
  readonly next?: string;
  readonly href?: string;
  readonly link?: string;
}

function needLine({ mark, words, next, href, link }: Need): Html {
  return html`<li class="need">${glyph(mark)}<span><b>${words}</b>${next !== undefined && html` <span class="muted">${withCode(next)}</span>`}</span>${href !== undefined && html`<a href="${href}">${link ?? "Look"}</a>`}</li>`;
}

/** What stands in quotes is a command. */
export function withCode(words: string): Part {
  return words
    .split(/"([^"]+)"/)
    .map((piece, at) => (at % 2 === 0 ? piece : html`<code>${piece}</code>`));
}

function needsOf({ overview, now }: OverviewModel): Need[] {
  const findings = overview.health.findings.map(
    ({ level, code, message, next }): Need => ({
      mark: level,
      words: message,
      next,
      ...placeOf(code),
    }),
  );
  return [
    ...findings.filter(({ mark }) => mark === "down"),
    ...failedNeed(overview),
    ...findings.filter(({ mark }) => mark !== "down"),
    ...oldestNeed(overview, now),
  ];
}

function placeOf(code: FindingCode): Pick<Need, "href" | "link"> {
  if (code === "no_workers" || code === "no_workers_for_type")
    return { href: tasksAddress({ state: "pending" }), link: "Waiting tasks" };
  if (code === "paused") return { href: tasksAddress({ state: "pending" }), link: "Waiting tasks" };
  if (code === "store_slow") return { href: "/settings", link: "Settings" };
  return { href: "/workers", link: "Workers" };
}

function failedNeed({ types, failures }: Overview): Need[] {
  const count = types.reduce((sum, { lastHour }) => sum + lastHour.failed, 0);
  if (count === 0) return [];
  const causes = failures
    .slice(0, 3)
    .map((cause) => `${cause.count} ${cause.type}: ${cause.kind.replaceAll("_", " ")}`)
    .join(", ");
  return [
    {
      mark: "failed",
      words: `${count} ${count === 1 ? "task" : "tasks"} failed in the last hour.`,
      ...(causes !== "" && { next: `${causes}.` }),
      href: tasksAddress({ state: "failed", order: "ended" }),
      link: "Failed tasks",
    },
  ];
}

function oldestNeed({ types, waiting, health }: Overview, now: number): Need[] {
  if (health.findings.some(({ code }) => code.startsWith("no_workers"))) return [];
  const [oldest] = types
    .filter(({ oldestPendingAt = now }) => now - oldestPendingAt > longWaitMs)
    .toSorted((a, b) => (a.oldestPendingAt ?? 0) - (b.oldestPendingAt ?? 0));
  if (oldest?.oldestPendingAt === undefined) return [];
  const why = waiting.find(({ task }) => task.type === oldest.type && task.state === "pending");
  return [
    {
      mark: "pending",
      words: `The oldest pending ${oldest.type} task has waited ${span(now - oldest.oldestPendingAt)}.`,
      ...(why !== undefined && { next: why.because }),
      href: tasksAddress({ state: "pending", type: oldest.type, order: "oldest" }),
      link: "Oldest first",
    },
  ];
}

function calmWords({ workers, runningCount, waitingCount }: Overview): string {
  const tasks = (count: number) => `${count} ${count === 1 ? "task" : "tasks"}`;
  return `${workers.length} live ${workers.length === 1 ? "worker" : "workers"}, ${tasks(runningCount)} running, ${tasks(waitingCount)} waiting.`;
}
