import { z } from "zod";
import type { JsonValue } from "../../../domain/json.ts";
import type { AgentListener, RunnerEnd } from "../runner.ts";

const count = z.number().nonnegative().max(1e15);
/** They are in the task's result, which has to stay small. */
const name = z.string().min(1).max(1_000);

/** A line of an agent that speaks our own words. */
const line = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("session"), sessionId: name, model: name.optional() }),
  z.object({ kind: z.literal("turn") }),
  z.object({ kind: z.literal("said"), text: z.string() }),
  z.object({ kind: z.literal("thought"), text: z.string() }),
  z.object({
    kind: z.literal("tool_used"),
    callId: name,
    tool: name,
    input: z.json().default(null),
  }),
  z.object({
    kind: z.literal("tool_answered"),
    callId: name,
    isError: z.boolean().default(false),
    text: z.string().default(""),
  }),
  z.object({
    kind: z.literal("used"),
    usage: z.object({
      turns: count.optional(),
      inputTokens: count.optional(),
      outputTokens: count.optional(),
      cachedTokens: count.optional(),
      costUsd: count.optional(),
    }),
  }),
  z.object({ kind: z.literal("note"), text: z.string() }),
  z.object({
    kind: z.literal("ended"),
    end: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("finished"), text: z.string().optional() }),
      z.object({
        kind: z.literal("failed"),
        cause: z.enum([
          "not_logged_in",
          "refused",
          "bad_request",
          "not_installed",
          "agent_error",
          "rate_limited",
          "overloaded",
          "network",
        ]),
        message: z.string(),
      }),
    ]),
  }),
]);

type Line = z.output<typeof line>;

/** Passes on what the lines of a program tell. */
export class ClxLines {
  readonly #listener: AgentListener;
  #lastText = "";
  #end: RunnerEnd | undefined;

  constructor(listener: AgentListener) {
    this.#listener = listener;
  }

  get end(): RunnerEnd | undefined {
    return this.#end;
  }

  /** @returns whether the line was understood */
  take(value: unknown): boolean {
    const read = line.safeParse(value);
    if (read.success) this.#tell(read.data);
    return read.success;
  }

  #tell(told: Line): void {
    const to = this.#listener;
    switch (told.kind) {
      case "session":
        to.session(told.sessionId, told.model);
        break;
      case "turn":
        to.turn();
        break;
      case "said":
        this.#lastText = told.text;
        to.said(told.text);
        break;
      case "thought":
        to.thought(told.text);
        break;
      case "tool_used":
        to.toolUsed({ ...told, input: told.input as JsonValue });
        break;
      case "tool_answered":
        to.toolAnswered(told);
        break;
      case "used":
        to.used(withoutAbsent(told.usage));
        break;
      case "note":
        to.note(told.text);
        break;
      case "ended":
        this.#end = endOf(told.end, this.#lastText);
    }
  }
}

function endOf(end: Extract<Line, { kind: "ended" }>["end"], lastText: string): RunnerEnd {
  return end.kind === "finished" ? { kind: "finished", text: end.text ?? lastText } : end;
}

type Present<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

function withoutAbsent<T extends object>(value: T): Present<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== undefined),
  ) as Present<T>;
}
