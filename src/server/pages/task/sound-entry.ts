import { z } from "zod";
import type { AgentEntry } from "../../../agent/agent-task.ts";

/** What a view counts on. Programs can write lines that only begin like an entry. */
const amount = z.number();
const usage = z.looseObject({
  turns: amount,
  wallMs: amount,
  outputBytes: amount,
  inputTokens: amount.optional(),
  outputTokens: amount.optional(),
  cachedTokens: amount.optional(),
  costUsd: amount.optional(),
});
const text = z.string();
const worktree = z.looseObject({ branch: text });
const end = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("finished") }),
  z.looseObject({
    kind: z.literal("over_budget"),
    budget: z.enum(["turns", "tokens", "costUsd", "wallMs", "outputBytes"]),
    limit: amount,
  }),
  z.looseObject({ kind: z.literal("failed"), cause: text, message: text }),
  z.looseObject({ kind: z.literal("stopped"), reason: text }),
]);

const shapes: Readonly<Record<AgentEntry["kind"], z.ZodType>> = {
  started: z.looseObject({
    executor: text,
    folder: text,
    model: text.optional(),
    sessionId: text.optional(),
    worktree: worktree.optional(),
    budget: z
      .partialRecord(z.enum(["turns", "tokens", "costUsd", "wallMs", "outputBytes"]), amount)
      .optional(),
  }),
  session: z.looseObject({ sessionId: text, model: text.optional() }),
  said: z.looseObject({ turn: amount, text }),
  thought: z.looseObject({ turn: amount, text }),
  tool_used: z.looseObject({ turn: amount, callId: text, tool: text, input: z.json() }),
  tool_answered: z.looseObject({ callId: text, isError: z.boolean(), text }),
  used: z.looseObject({ usage }),
  note: z.looseObject({ text }),
  ended: z.looseObject({ end, usage }),
};

export function isSound(entry: AgentEntry): boolean {
  return shapes[entry.kind].safeParse(entry).success;
}
