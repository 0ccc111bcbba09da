import { ClxError } from "../domain/errors.ts";

const powers = ["", "k", "m", "g", "t"];

/** Reads `512m`, `8g`, `1.5GiB` or plain bytes; the units are powers of 1024. */
export function parseSize(text: string, what: string): number {
  const parts = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?b)?$/i.exec(text);
  if (!parts) {
    throw new ClxError(
      "invalid_value",
      `${what} is "${text}", which is no size; write 512m, 8g or a number of bytes`,
    );
  }
  return Math.round(Number(parts[1]) * 1024 ** powers.indexOf((parts[2] ?? "").toLowerCase()));
}
