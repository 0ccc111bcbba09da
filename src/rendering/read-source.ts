import { readFileSync } from "node:fs";
import { reasonOf, userError } from "./user-error.ts";

/**
 * The text of a file, without its byte order mark.
 *
 * @throws TaskError when it cannot be read, or is no UTF-8
 */
export function readSource(file: string): string {
  const bytes = readBytes(file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw userError(`the file ${file} is not in UTF-8; save it in that encoding`);
  }
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    throw userError(`the file ${file} cannot be read: ${reason}`);
  }
}
