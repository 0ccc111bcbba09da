import type { BulkAction } from "../../domain/bulk.ts";

export const bulkWords = {
  cancel: { verb: "Cancel", doing: "Cancelling", done: "cancelled" },
  retry: { verb: "Retry", doing: "Retrying", done: "put back to run again" },
  delete: { verb: "Delete", doing: "Deleting", done: "deleted" },
} as const satisfies Record<BulkAction, object>;

export function taskCount(count: number, isAtLeast = false): string {
  const words = count.toLocaleString("en-US");
  return `${words}${isAtLeast ? " or more" : ""} ${count === 1 && !isAtLeast ? "task" : "tasks"}`;
}
