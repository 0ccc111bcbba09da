/** States as a list of SQL literals, for guards such as `state in (...)`. */
export function sqlList(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(", ");
}
