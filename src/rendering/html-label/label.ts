import type { TextStyle } from "../fonts.ts";

/** How a piece of text looks. */
export interface LetterStyle extends TextStyle {
  readonly colour: string;
  readonly underline: boolean;
  readonly strike: boolean;
  readonly background?: string;
  /** How far it stands above the line, in pixels; below it when negative. */
  readonly raised: number;
  /** Of its size. */
  readonly lineHeight: number;
}

export type Align = "left" | "center" | "right";

/** A run of letters of one look, or the end of a line. */
export type Inline =
  | { readonly text: string; readonly style: LetterStyle }
  | { readonly text: "\n" };

export interface Edges {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** What stands below one another in a label. */
export type Block =
  | {
      readonly kind: "paragraph";
      readonly inlines: readonly Inline[];
      readonly style: LetterStyle;
      readonly align: Align;
      readonly wraps: boolean;
      readonly keepsSpaces: boolean;
    }
  | {
      readonly kind: "box";
      readonly blocks: readonly Block[];
      readonly margin: Edges;
      readonly padding: Edges;
      readonly background?: string;
      readonly border?: string;
      readonly width?: number;
      readonly height?: number;
      /** What stands left of its first line: a bullet, a number. */
      readonly marker?: { readonly text: string; readonly style: LetterStyle };
    }
  | { readonly kind: "rule"; readonly colour: string; readonly margin: number }
  | {
      readonly kind: "table";
      readonly rows: readonly (readonly Cell[])[];
      readonly width?: number | "full";
      readonly gap: number;
    };

export interface Cell {
  readonly block: Block;
  readonly columns: number;
}

/** What is drawn, from the upper left corner of the label. */
export type Mark =
  | {
      readonly kind: "text";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly text: string;
      readonly style: LetterStyle;
    }
  | {
      readonly kind: "rectangle";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly fill?: string;
      readonly stroke?: string;
    };

export interface LaidOut {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
}
