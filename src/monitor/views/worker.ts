import { eventWords } from "../../cli/present/event-line.ts";
import { mostHeldShown } from "../../domain/taken-ahead.ts";
import { title } from "../../domain/task-words.ts";
import { localTime } from "../../domain/time-words.ts";
import { isLive } from "../../domain/worker-state.ts";
import type { SeenWorker } from "../../overview/overview.ts";
import { layoutStory } from "../layout.ts";
import { taskMark } from "../marks.ts";
import type { MonitorState, OpenedWorker } from "../state.ts";
import type { Line } from "../terminal/line.ts";
import { rule } from "./task.ts";
import { nothingYet, progressOf } from "./task-facts.ts";
import { workerFacts } from "./worker-facts.ts";

/** A worker, what it runs, and what has happened to it. */
export function workerView(state: MonitorState, opened: OpenedWorker): Line[] {
  const { story, id, top } = opened;
  if (story === undefined) return [nothingYet("reading …")];
  const { worker, tasks, events } = story;
  const judged = state.seen?.overview.workers.find((seen) => seen.worker.id === id);
  const seen: SeenWorker = { worker, condition: judged?.condition ?? "well" };
  const facts = [
    ...workerFacts(isLive(worker.state) ? seen : { worker, condition: "well" }, state.now),
    ...tasks.slice(0, mostHeldShown).map((task): Line => {
      const words = ` ${task.id} ${progressOf(task)} ${title(task)}`;
      return [{ text: " " }, taskMark(task, state.now), { text: words }];
    }),
  ];
  const layout = layoutStory(state.size, facts.length);
  const lines = events
    .slice(top, top + layout.below)
    .map(
      (event): Line => [
        { text: ` ${localTime(event.at)} `, colour: "grey" },
        { text: eventWords(event).replace(` ${id}`, "") },
      ],
    );
  return [
    ...facts.slice(0, layout.facts),
    rule("what happened, the last first", state.size.columns),
    ...(lines.length === 0 ? [nothingYet("nothing is known")] : lines),
  ];
}
