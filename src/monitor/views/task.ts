import { localClock } from "../../cli/present/time.ts";
import type { StoredLogLine } from "../../store/task-store.ts";
import { layoutStory } from "../layout.ts";
import { firstLogLine } from "../log-place.ts";
import type { MonitorState, OpenedTask } from "../state.ts";
import { type Line, plain, type Span } from "../terminal/line.ts";
import { nothingYet, taskFacts } from "./task-facts.ts";

/** A task, and its log below. */
export function taskView(state: MonitorState, opened: OpenedTask): Line[] {
  const { story } = opened;
  if (story === undefined) return [nothingYet("reading …")];
  const facts = taskFacts(state, opened);
  const layout = layoutStory(state.size, facts.length);
  const first = firstLogLine(state, opened);
  const lines = story.log.slice(first, first + layout.below);
  const text = lines.map((line, at) => logLine(line, story.log[first + at - 1]));
  if (story.log.length === 0) text.push(nothingYet("it has written nothing yet"));
  return [
    ...facts.slice(0, layout.facts),
    rule(logWords(opened, first, lines.length), state.size.columns),
    ...text,
  ];
}

function logWords({ story, logTop }: OpenedTask, first: number, count: number): string {
  const all = story?.log.length ?? 0;
  const where = all > count ? ` ${first + 1}-${first + count} of ${all}` : "";
  return `log${where}${logTop === undefined ? ", following" : ", not following (end goes on)"}`;
}

export function rule(words: string, columns: number): Line {
  const text = `── ${words} `;
  return plain(text + "─".repeat(Math.max(0, columns - text.length)), { colour: "grey" });
}

function logLine(
  { at, stream, line, cursor, attempt }: StoredLogLine,
  before?: StoredLogLine,
): Line {
  const isGap = before !== undefined && cursor > before.cursor + 1;
  const isNew = before !== undefined && attempt !== before.attempt;
  const sign = isGap ? "…" : isNew ? "→" : " ";
  const text: Span = {
    text: ` ${line}`,
    ...(stream === "stderr" && { colour: "yellow" as const }),
  };
  return [{ text: `${sign}${localClock(at)}`, colour: "grey" }, text];
}
