import type { Row } from "./row.ts";
import { backlog } from "./rows/backlog.ts";
import { rawCommits } from "./rows/raw-commits.ts";
import { submitBulk, submitOne, submitWindow } from "./rows/submit.ts";

/** In the order in which they are measured. */
export const rows: readonly Row[] = [rawCommits, submitOne, submitWindow, submitBulk, backlog];
