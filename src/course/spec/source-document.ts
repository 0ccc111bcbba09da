/** What a spec says, as plain data, and where in its file each part of it stands. */
export interface SourceDocument {
  readonly value: unknown;
  /** Of the innermost part on the way to `path` that has a place of its own. */
  positionOf(path: readonly PropertyKey[]): Position;
}

/** Both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}
