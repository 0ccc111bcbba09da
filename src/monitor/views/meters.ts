import { age } from "../../cli/present/time.ts";
import { size } from "../../domain/size-words.ts";
import type { MemoryOverview, Overview, TypeOverview } from "../../overview/overview.ts";
import { bar } from "../marks.ts";
import type { Line, Span } from "../terminal/line.ts";

const longBar = 20;
const shortBar = 12;

/** Memory, slots and queue: one line each, or all on one. */
export function meterLines(overview: Overview, rows: number, now: number): Line[] {
  const { memory, types } = overview;
  const slots = sum(types, ({ slots }) => slots);
  if (rows === 1) {
    return [
      [
        meter("memory", usedOf(memory), { width: shortBar, isShort: memory.free <= 0 }),
        { text: " " },
        meter("slots", overview.runningCount / Math.max(1, slots), { width: shortBar }),
        { text: `  ${overview.waitingCount} waiting` },
      ],
    ];
  }
  return [
    [
      meter("memory", usedOf(memory), { isShort: memory.free <= 0 }),
      { text: `  ${size(memory.used)} by workers, ${freeWords(memory)}` },
    ],
    [
      meter("slots", overview.runningCount / Math.max(1, slots)),
      { text: `  ${overview.runningCount} of ${slots} busy${roomWords(types)}` },
    ],
    queueLine(overview, now),
  ];
}

function meter(
  name: string,
  fraction: number,
  {
    width = longBar,
    isShort = false,
  }: { readonly width?: number; readonly isShort?: boolean } = {},
): Span {
  const text = ` ${name.padEnd(7)} ${bar(fraction, width)}`;
  return { text, colour: isShort ? "red" : "blue" };
}

function usedOf({ total, available }: MemoryOverview): number {
  return (total - available) / Math.max(1, total);
}

function freeWords({ free, total }: MemoryOverview): string {
  return free > 0 ? `${size(free)} of ${size(total)} to give` : `nothing of ${size(total)} to give`;
}

function roomWords(types: readonly TypeOverview[]): string {
  const refused = types.find(({ room }) => room !== undefined && room.slots === 0);
  if (refused) return `, room for no more ${refused.type}: ${refused.room?.refusal ?? "no room"}`;
  const room = types.flatMap((type) => (type.room ? [type.room.slots] : []));
  return room.length === 0 ? "" : `, room for ${Math.min(...room)} more`;
}

function queueLine({ waitingCount, types }: Overview, now: number): Line {
  const oldest = Math.min(...types.map(({ oldestPendingAt = now }) => oldestPendingAt), now);
  const waiting = waitingCount === 0 ? "nothing waits" : `${waitingCount} waiting`;
  const since = waitingCount > 0 && oldest < now ? `, oldest ${age(oldest, now)}` : "";
  const rate = sum(types, ({ lastMinute }) => lastMinute.completedPerMinute);
  const done = sum(types, ({ lastHour }) => lastHour.completed);
  const failed = sum(types, ({ lastHour }) => lastHour.failed);
  return [
    { text: " queue   ", colour: "blue" },
    { text: `${waiting}${since} · ${Math.round(rate)} a minute · last hour: ${done} completed, ` },
    { text: `${failed} failed`, ...(failed > 0 && { colour: "red" as const }) },
  ];
}

function sum(types: readonly TypeOverview[], count: (type: TypeOverview) => number): number {
  return types.reduce((total, type) => total + count(type), 0);
}
