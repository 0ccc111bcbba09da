/** Registered with each connection: SQLite knows large and small letters of ASCII alone. */
export function containsText(where: unknown, lowered: unknown): number {
  return typeof where === "string" && where.toLowerCase().includes(String(lowered)) ? 1 : 0;
}
