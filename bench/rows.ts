import type { Row } from "./row.ts";
import { rawCommits } from "./rows/raw-commits.ts";

/** In the order in which they are measured. */
export const rows: readonly Row[] = [rawCommits];
