import { span } from "../../domain/time-words.ts";
import type { Renewal } from "../../store/task-store.ts";
import { type LongTimer, startTimer } from "../long-timer.ts";
import { monotonicMs } from "../monotonic.ts";
import { type AttemptName, type Beginning, nameOf, type StopKind } from "./messages.ts";

/** An attempt whose handler runs. */
export interface Watched extends Beginning {
  readonly stop: AskedStop | undefined;
}

export interface AskedStop {
  readonly kind: StopKind;
  readonly message: string;
  readonly graceMs: number;
}

export interface GuardParams {
  readonly abortGraceMs: number;
  /** Whether it has ended, though nobody has said so here yet. */
  readonly isOver: (attempt: Beginning) => boolean;
  readonly onStop: (attempt: Watched, stop: AskedStop) => void;
  /** It was asked to stop, its grace is over, and its handler still runs. */
  readonly onOverdue: (attempt: Watched) => void;
}

interface Entry extends Beginning {
  stop: AskedStop | undefined;
  /** Of the deadline at first, of the grace once it has been asked to stop. */
  timer: LongTimer | undefined;
}

/** Knows the attempts that run, and sees to it that each ends when it shall. */
export class Guard {
  readonly #params: GuardParams;
  readonly #entries = new Map<string, Entry>();
  /** By the last renewal, which may have known of an attempt before we did. */
  #cancelled: ReadonlyMap<string, string> = new Map();

  constructor(params: GuardParams) {
    this.#params = params;
  }

  get attempts(): readonly Watched[] {
    return [...this.#entries.values()];
  }

  has(attempt: AttemptName): boolean {
    return this.#entries.has(nameOf(attempt));
  }

  begin(beginning: Beginning): void {
    const entry: Entry = { ...beginning, stop: undefined, timer: undefined };
    this.#entries.set(nameOf(beginning), entry);
    const reason = this.#cancelled.get(nameOf(beginning));
    if (reason !== undefined) {
      this.stop(entry, "cancelled", reason);
      return;
    }
    const { timeoutMs } = beginning;
    if (timeoutMs === undefined) return;
    const leftMs = beginning.startedAt + timeoutMs - monotonicMs();
    entry.timer = startTimer(leftMs, () => {
      if (this.#params.isOver(entry)) return;
      this.stop(
        entry,
        "timed_out",
        `the attempt ran longer than its time-out of ${span(timeoutMs)}`,
      );
    });
  }

  finished(attempt: AttemptName): Watched | undefined {
    const entry = this.#entries.get(nameOf(attempt));
    entry?.timer?.clear();
    this.#entries.delete(nameOf(attempt));
    return entry;
  }

  /** The first reason counts; being superseded beats all others, for nothing may be written then. */
  stop(
    attempt: AttemptName,
    kind: StopKind,
    message: string,
    graceMs = this.#params.abortGraceMs,
  ): void {
    const entry = this.#entries.get(nameOf(attempt));
    if (entry === undefined || entry.stop?.kind === "superseded") return;
    const isFirst = entry.stop === undefined;
    if (!isFirst && kind !== "superseded") return;
    entry.stop = { kind, message, graceMs };
    if (isFirst) {
      entry.timer?.clear();
      entry.timer = startTimer(graceMs, () => {
        if (!this.#params.isOver(entry)) this.#params.onOverdue(entry);
      });
    }
    this.#params.onStop(entry, entry.stop);
  }

  stopAll(kind: StopKind, message: string): void {
    for (const entry of this.#entries.values()) this.stop(entry, kind, message);
  }

  /** Compares what runs with what the store says the worker holds. */
  heed({ held }: Renewal, askedAt: number): void {
    const byName = new Map(held.map((attempt) => [nameOf(attempt), attempt]));
    this.#cancelled = new Map(
      held.flatMap((one) =>
        one.cancelReason === undefined ? [] : [[nameOf(one), one.cancelReason]],
      ),
    );
    for (const entry of this.#entries.values()) {
      const known = byName.get(nameOf(entry));
      if (known?.cancelReason !== undefined) {
        this.stop(entry, "cancelled", known.cancelReason);
      } else if (known === undefined && entry.startedAt < askedAt) {
        this.stop(entry, "superseded", "the task is no longer this worker's");
      }
    }
  }

  close(): void {
    for (const entry of this.#entries.values()) entry.timer?.clear();
    this.#entries.clear();
  }
}
