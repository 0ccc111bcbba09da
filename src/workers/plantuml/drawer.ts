import type { Picture } from "../../rendering/picture.ts";
import type { Diagram } from "./read-diagrams.ts";

export interface DrawRequest {
  readonly diagram: Diagram;
  readonly format: "svg" | "png";
  /** Of PNG: 96 is one pixel for each unit of the drawing. */
  readonly dpi: number;
  /** Where relative paths start. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** What was made of a diagram: a picture, or what was not understood. */
export type Drawn = { readonly kind: "picture"; readonly picture: Picture } | Fault;

export interface Fault {
  readonly kind: "fault";
  /** Of the diagram, from 1. */
  readonly line?: number;
  readonly message: string;
}

/** Draws diagrams: PlantUML in JavaScript, or a JAR of the user's. */
export interface Drawer {
  /** Whether it finds what a diagram includes by itself. */
  readonly includes: boolean;
  draw(request: DrawRequest): Promise<Drawn>;
}
