import { randomBytes } from "node:crypto";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * Makes an id that sorts by time: 9 characters of milliseconds, 11 of chance, all of them
 * safe in a URL, a file name and a shell, and none mistaken for another by a reader.
 */
export function newId(now: number): string {
  let time = "";
  for (let rest = now, digit = 0; digit < 9; digit++) {
    time = alphabet.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let chance = "";
  for (const byte of randomBytes(11)) chance += alphabet.charAt(byte % 32);
  return time + chance;
}

/** Spec 3's form: mode, type, place in its pool, and 8 characters of chance. */
export function newWorkerId(mode: string, type: string, index: number): string {
  return `${mode}-${type}-${index}-${randomBytes(4).toString("hex")}`;
}
