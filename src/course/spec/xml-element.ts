import type { Position } from "./source-document.ts";

/** Of a spec in XML, at the place where it begins. */
export interface XmlElement extends Position {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  /** All of it, and what stands before the first child. */
  text: string;
  firstText: string;
}
