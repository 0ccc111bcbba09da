import { setImmediate as letOthers } from "node:timers/promises";
import type { BulkAction, BulkPreview, BulkStanding } from "../../domain/bulk.ts";
import { ClxError } from "../../domain/errors.ts";
import { newId } from "../../domain/ids.ts";
import { auditEvent } from "../gate/audit.ts";
import type { Caller } from "../gate/caller.ts";
import { cancelTask, deleteTask, retryTask } from "../operations/task-acts.ts";
import type { ServerContext } from "../server-context.ts";
import {
  describeSelection,
  goneReason,
  type Selection,
  SkipTally,
  skipReason,
} from "./selection.ts";
import type { Found, openWalk } from "./walk.ts";

/** So many share a commit or a few; then everybody else has their turn. */
const batchSize = 25;
const errorsKept = 10;

export interface BulkOrder {
  readonly action: BulkAction;
  readonly selection: Selection;
  readonly caller: Caller;
  readonly reason?: string | undefined;
}

export interface BulkRunParams {
  readonly server: ServerContext;
  readonly order: BulkOrder;
  readonly expected: BulkPreview;
  readonly walk: Awaited<ReturnType<typeof openWalk>>;
}

/** One piece of bulk work, from its start to its end. */
export class BulkRun {
  readonly id: string;
  /** Resolves when it has ended. Never rejects. */
  readonly ended: Promise<void>;
  readonly #params: BulkRunParams;
  readonly #startedAt: number;
  readonly #skipped = new SkipTally();
  readonly #errors: { readonly taskId: string; readonly message: string }[] = [];
  #state: BulkStanding["state"] = "running";
  #done = 0;
  #failed = 0;
  #endedAt: number | undefined;
  #message: string | undefined;
  #isStopped = false;

  constructor(params: BulkRunParams) {
    this.#params = params;
    this.#startedAt = params.server.clock.now();
    this.id = newId(this.#startedAt);
    this.ended = this.#run();
  }

  get standing(): BulkStanding {
    const { order, expected } = this.#params;
    return {
      id: this.id,
      action: order.action,
      selection: describeSelection(order.selection),
      by: order.caller.name,
      startedAt: this.#startedAt,
      ...(this.#endedAt !== undefined && { endedAt: this.#endedAt }),
      state: this.#state,
      expected,
      done: this.#done,
      skipped: this.#skipped.total,
      failed: this.#failed,
      reasons: this.#skipped.reasons,
      errors: [...this.#errors],
      ...(this.#message !== undefined && { message: this.#message }),
    };
  }

  /** It ends after the tasks that are just being done. Harmless when it has ended. */
  stop(): void {
    this.#isStopped = true;
  }

  get #isToStop(): boolean {
    return this.#isStopped || this.#params.server.closing.aborted;
  }

  async #run(): Promise<void> {
    try {
      this.#state = (await this.#workThrough()) ? "done" : "stopped";
    } catch (error) {
      this.#state = "failed";
      this.#message = error instanceof Error ? error.message : String(error);
    }
    this.#endedAt = this.#params.server.clock.now();
    this.#tell();
    await this.#tellTrail();
  }

  /** @returns whether nothing is left to do */
  async #workThrough(): Promise<boolean> {
    for await (const page of this.#params.walk) {
      for (let at = 0; at < page.length; at += batchSize) {
        if (this.#isToStop) return false;
        await Promise.all(page.slice(at, at + batchSize).map((found) => this.#doOne(found)));
        this.#tell();
        await letOthers();
      }
    }
    return true;
  }

  async #doOne({ id, task }: Found): Promise<void> {
    const reason = skipReason(this.#params.order.action, task);
    if (reason !== undefined) {
      this.#skipped.add(reason);
      return;
    }
    try {
      await this.#act(id, task?.attempt);
      this.#done++;
    } catch (error) {
      this.#note(id, error);
    }
  }

  async #act(taskId: string, attempt: number | undefined): Promise<void> {
    const { server, order } = this.#params;
    const { action, caller, reason } = order;
    if (action === "cancel") await cancelTask(server, { taskId, caller, reason });
    if (action === "retry") await retryTask(server, { taskId, attempt });
    if (action === "delete") await deleteTask(server, taskId);
  }

  /** Whatever became of a task since it was listed is no failure. */
  #note(taskId: string, error: unknown): void {
    const code = error instanceof ClxError ? error.code : undefined;
    if (code === "task_not_found") this.#skipped.add(goneReason);
    else if (code === "illegal_transition") this.#skipped.add("it has changed meanwhile");
    else {
      this.#failed++;
      const message = error instanceof Error ? error.message : String(error);
      if (this.#errors.length < errorsKept) this.#errors.push({ taskId, message });
    }
  }

  #tell(): void {
    this.#params.server.feed.tell([`bulk:${this.id}`]);
  }

  async #tellTrail(): Promise<void> {
    const { server, order } = this.#params;
    const { caller, action, selection } = order;
    const event = auditEvent({
      actor: caller.name,
      role: caller.role,
      action: `bulk.${action}`,
      target: describeSelection(selection),
      outcome: this.#state === "failed" ? "failed" : "done",
      reason: `${this.#state}: ${this.#done} done, ${this.#skipped.total} skipped, ${this.#failed} failed`,
      at: server.clock.now(),
    });
    await server.store.appendEvents({ events: [event] }).catch((error: unknown) => {
      server.log("error", "an audit event could not be written", { error: String(error) });
    });
  }
}
