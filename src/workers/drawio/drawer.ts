import type { Picture } from "../../rendering/picture.ts";
import type { Page } from "./read-pages.ts";

export interface DrawRequest {
  readonly page: Page;
  readonly format: "svg" | "png";
  readonly scale: number;
  readonly border: number;
  readonly signal: AbortSignal;
}

/** Draws pages: diagrams.net's engine in this process, or a draw.io of the user's. */
export interface Drawer {
  draw(request: DrawRequest): Promise<Picture>;
}
