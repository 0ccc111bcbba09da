import type { WantedParts } from "../../course/build/select-parts.ts";
import type { OutputMode } from "./build-display.ts";

/** What was asked of a build. */
export interface BuildParams {
  readonly specPath: string;
  readonly root?: string;
  readonly parts: WantedParts;
  readonly mode: OutputMode;
  readonly dryRun: boolean;
  readonly explain: boolean;
  readonly rebuild: boolean;
}
