/** A number in a JSON text that would silently become another one. */
export interface InexactNumber {
  readonly source: string;
  /** Its name in the object that it stands in; "" where it has none. */
  readonly key: string;
}

const mayLoseDigits = /\d{16}|\d[eE]\+?\d{2}/;

/** The first number of a JSON text that cannot be kept exactly: beyond 2^53, 1e400. */
export function findInexactNumber(text: string): InexactNumber | undefined {
  if (!mayLoseDigits.test(text)) return undefined;
  let found: InexactNumber | undefined;
  const look = (key: string, value: unknown, { source }: { source?: string }): unknown => {
    if (typeof value === "number" && source !== undefined && !keepsItsValue(value, source)) {
      found ??= { source, key };
    }
    return value;
  };
  JSON.parse(text, look as Parameters<typeof JSON.parse>[1]);
  return found;
}

export function inexactWords({ source, key }: InexactNumber): string {
  const place = key === "" ? "" : ` (at ${JSON.stringify(key)})`;
  return `the number ${source.slice(0, 40)}${place} cannot be kept exactly; send it as a string`;
}

/** It is that number, or how any program would write the nearest one that there is. */
function keepsItsValue(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  if (!/^-?\d+$/.test(source) || String(value) === source) return true;
  return BigInt(source) === BigInt(value);
}
