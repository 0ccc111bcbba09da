import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Mark } from "../programs/marking-worker.ts";
import type { Queue } from "./peer.ts";

/** How many tasks all workers have handled so far, without asking the queue. */
export function handledIn(folder: string): number {
  return readdirSync(folder)
    .filter((name) => name.startsWith("progress-"))
    .reduce((sum, name) => sum + Number(readFileSync(join(folder, name), "utf8")), 0);
}

export async function waitUntil(
  holds: () => boolean | Promise<boolean>,
  { withinMs, what, everyMs = 5 }: { withinMs: number; what: string; everyMs?: number },
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await pause(everyMs);
  }
}

export async function waitUntilEmpty(queue: Queue, withinMs = 20_000): Promise<void> {
  const what = "the queue is empty";
  await waitUntil(async () => (await queue.countOpen()) === 0, { withinMs, what, everyMs: 50 });
}

/** The marks that workers leave, read on from where the last look ended. */
export class MarkReader {
  readonly marks: Mark[] = [];
  readonly #path: string;
  #offset = 0;
  #rest = "";

  constructor(folder: string) {
    this.#path = join(folder, "marks.jsonl");
  }

  read(): readonly Mark[] {
    if (!existsSync(this.#path)) return this.marks;
    const file = openSync(this.#path, "r");
    const buffer = Buffer.alloc(1 << 20);
    const length = readSync(file, buffer, 0, buffer.length, this.#offset);
    closeSync(file);
    this.#offset += length;
    const lines = (this.#rest + buffer.toString("utf8", 0, length)).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.marks.push(JSON.parse(line) as Mark);
    return this.marks;
  }

  starts(taskId?: string): readonly Mark[] {
    return this.#of("start", taskId);
  }

  ends(taskId?: string): readonly Mark[] {
    return this.#of("end", taskId);
  }

  #of(kind: Mark["kind"], taskId: string | undefined): readonly Mark[] {
    return this.read().filter(
      (mark) => mark.kind === kind && (taskId === undefined || mark.taskId === taskId),
    );
  }
}
