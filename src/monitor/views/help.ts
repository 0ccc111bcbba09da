import { type Line, plain } from "../terminal/line.ts";

const keys: readonly (readonly [string, string])[] = [
  ["up k  down j", "move; page up, page down, home g, end G"],
  ["tab", "tasks, workers, types"],
  ["enter", "open the row; from a task its worker, from a worker its task"],
  ["l  right", "the log of the task; there: more room for the log, or less"],
  ["o", "the log as plain text, to scroll and copy; enter comes back"],
  ["esc h left", "back; in the list: show all again, from the top"],
  ["/", "filter; enter keeps it, esc drops it"],
  ["s", "sort in another way"],
  ["space", "mark; what follows is for all marked rows"],
  ["d  a", "drain a worker (finish, then leave); abort it with its task"],
  ["c  r", "cancel a task; let a failed or cancelled one run again"],
  ["ctrl-z", "to the shell; fg comes back"],
  ["q", "quit"],
];

const states = [
  "◇ blocked  ○ pending  ◔ later  ▶ running  ✓ completed  ✗ failed  ⊘ cancelled",
  "◌ created  ○ idle     ▶ busy   ▽ draining  ⚠ hung, stalled, lost",
];

export function helpView(): Line[] {
  return [
    plain(" Keys", { bold: true }),
    ...keys.map(
      ([key, what]): Line => [{ text: ` ${key.padEnd(13)}`, bold: true }, { text: what }],
    ),
    plain(" States", { bold: true }),
    ...states.map((line) => plain(` ${line}`)),
  ];
}
