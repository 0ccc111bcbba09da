import { ClxError } from "../domain/errors.ts";

export function parseWhole(text: string, what: string, { atLeast }: { atLeast: number }): number {
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text.trim()) || !Number.isSafeInteger(value) || value < atLeast) {
    throw new ClxError(
      "invalid_value",
      `${what} is "${text}", but must be a whole number of at least ${atLeast}`,
    );
  }
  return value;
}
