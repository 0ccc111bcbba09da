import { layoutStory } from "./layout.ts";
import type { MonitorState, OpenedTask } from "./state.ts";
import { taskFacts } from "./views/task-facts.ts";

/** How many lines of the log the screen has room for. */
export function logHeight(state: MonitorState, opened: OpenedTask): number {
  return layoutStory(state.size, taskFacts(state, opened).length).below;
}

/** Index of the first line of the log that is shown. */
export function firstLogLine(state: MonitorState, opened: OpenedTask): number {
  const log = opened.story?.log ?? [];
  const last = Math.max(0, log.length - logHeight(state, opened));
  if (opened.logTop === undefined) return last;
  const { logTop } = opened;
  const at = log.findIndex(({ cursor }) => cursor >= logTop);
  return at < 0 ? last : Math.min(at, last);
}
