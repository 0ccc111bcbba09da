import { ClxError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/json.ts";
import type { LogLine, Progress } from "../../domain/task.ts";
import type { Standing } from "../../store/task-store.ts";
import type { ProgressUpdate } from "../handler.ts";
import { LogBuffer } from "./log-buffer.ts";
import type { LogTail } from "./log-tail.ts";
import { flawOf } from "./outcome.ts";

const batchMs = 150;

export interface Report {
  readonly progress?: Progress;
  readonly logs?: readonly LogLine[];
  readonly checkpoint?: JsonValue;
}

export interface ReporterParams {
  readonly send: (report: Report) => Promise<Standing>;
  readonly onSuperseded: () => void;
  readonly now: () => number;
  readonly logTail: LogTail;
}

/**
 * Sends what an attempt tells in batches, one after the other: lines keep their order, of
 * progress the latest wins. Once the attempt is superseded, nothing is sent any more.
 */
export class Reporter {
  readonly #params: ReporterParams;
  readonly #lines: LogBuffer;
  #progress: Progress | undefined;
  #progressIsNew = false;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(params: ReporterParams) {
    this.#params = params;
    this.#lines = new LogBuffer(params.logTail);
  }

  log(line: string, stream: LogLine["stream"] = "log"): void {
    if (this.#closed) return;
    this.#lines.add(String(line), stream, this.#params.now());
    this.#schedule();
  }

  progress({ fraction, message, data }: ProgressUpdate): void {
    if (this.#closed) return;
    this.#progress = {
      ...this.#progress,
      ...(Number.isFinite(fraction) && { fraction: clamp(fraction as number) }),
      ...(message !== undefined && { message: String(message) }),
      ...(data !== undefined && this.#isSound(data) && { data }),
      at: this.#params.now(),
    };
    this.#progressIsNew = true;
    this.#schedule();
  }

  async ready(): Promise<void> {
    while (this.#lines.isBehind && !this.#closed) await this.#sendSoon();
  }

  async saveCheckpoint(checkpoint: JsonValue): Promise<void> {
    const standing = await this.#sendSoon({ checkpoint });
    if (standing === "superseded") {
      throw new ClxError(
        "interrupted",
        "the checkpoint was not saved: this attempt has been superseded",
      );
    }
  }

  /** Sends the last progress, and returns the lines that were not sent. */
  async finish(): Promise<readonly LogLine[]> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#underWay.catch(() => {});
    if (!this.#progressIsNew) return this.#lines.take();
    // Not waited for: the settlement that follows shares its commit.
    this.#send({}).catch(() => {});
    return [];
  }

  /** Sends nothing any more. */
  close(): void {
    this.#closed = true;
    this.#progressIsNew = false;
    this.#lines.take();
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      // A store that fails for good is found out by the settlement.
      this.#sendSoon().catch(() => {});
    }, batchMs);
  }

  #sendSoon(extra: Report = {}): Promise<Standing> {
    const sent = this.#underWay.catch(() => {}).then(() => this.#send(extra));
    this.#underWay = sent;
    return sent;
  }

  async #send(extra: Report): Promise<Standing> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const report = { ...this.#takeReport(), ...extra };
    if (Object.keys(report).length === 0) return "accepted";
    const standing = await this.#params.send(report);
    if (standing === "superseded") {
      this.close();
      this.#params.onSuperseded();
    }
    return standing;
  }

  #takeReport(): Report {
    const progress = this.#progressIsNew ? this.#progress : undefined;
    this.#progressIsNew = false;
    const logs = this.#lines.take();
    return { ...(progress !== undefined && { progress }), ...(logs.length > 0 && { logs }) };
  }

  #isSound(data: JsonValue): boolean {
    const flaw = flawOf(data, "progress data");
    if (flaw !== undefined) this.log(flaw);
    return flaw === undefined;
  }
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}
