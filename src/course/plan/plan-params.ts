import type { ProgLang } from "../../notebook/notebook.ts";
import type { Course, DiagramFile } from "../course.ts";
import type { FileHashes } from "./file-hashes.ts";
import type { Inputs } from "./plan.ts";

export interface PlanParams {
  readonly course: Course;
  readonly hashes: FileHashes;
  /** Where pictures are kept between builds. */
  readonly cacheFolder: string;
  /** What our own code and tools are: it is an input of every step. */
  readonly identity: PlanIdentity;
  /** The files that a step left when it was last done, if its inputs were these. */
  readonly leftBefore?: (id: string, inputs: Inputs) => readonly string[] | undefined;
}

export interface PlanIdentity {
  readonly plantuml: string;
  readonly drawio: string;
  readonly notebook: string;
  /** The files that a diagram file is drawn to, when this is the first of them. */
  readonly picturesIn: (diagram: DiagramFile, first: string) => Promise<readonly string[]>;
  /** The kernel that executes notebooks of a language, or that there is none. */
  readonly kernelFor: (progLang: ProgLang) => Promise<string>;
}
