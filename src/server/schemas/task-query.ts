import { z } from "zod";
import { type FailureKind, failureKinds } from "../../domain/failure.ts";
import { taskStates } from "../../domain/task-state.ts";
import { instantText, name, taskId, text, wholeText, wordsText } from "./fields.ts";

const kinds = Object.keys(failureKinds) as [FailureKind, ...FailureKind[]];

export const taskQuery = z.strictObject({
  status: wordsText(taskStates).optional(),
  type: name.optional(),
  queue: name.optional(),
  tag: text(64).optional(),
  workerId: text(200).optional(),
  sessionId: text(200).optional(),
  dependsOn: taskId.optional().meta({ description: "Tasks that wait for this one." }),
  idPrefix: text(100).optional(),
  failureKind: z.enum(kinds).optional(),
  createdAfter: instantText.optional(),
  createdBefore: instantText.optional(),
  search: text(500).optional().meta({
    description: "In id, title, tags, payload or the failure's message.",
  }),
  order: z.enum(["newest", "oldest", "ended"]).optional(),
  after: text(500).optional().meta({ description: "The `next` of the page before." }),
  limit: wholeText({ min: 1, max: 500 }).optional(),
  offset: wholeText({ max: 10_000 }).optional().meta({
    description: "Skips so many; for long lists, use after.",
  }),
});

export type TaskQuery = z.output<typeof taskQuery>;
