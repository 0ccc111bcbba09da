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
  for (let digit = 0; digit < 11; digit++) chance += alphabet.charAt(nextByte() % 32);
  return time + chance;
}

/** Chance is drawn in bulk: drawn for each id, it took a sixth of a bulk submit's time. */
const pool = new Uint8Array(1_024);
let drawn = pool.length;

function nextByte(): number {
  if (drawn === pool.length) {
    nodeCrypto().randomFillSync(pool);
    drawn = 0;
  }
  return pool[drawn++] ?? 0;
}

/** Spec 3's form: mode, type, place in its pool, and 8 characters of chance. */
export function newWorkerId(mode: string, type: string, index: number): string {
  return `${mode}-${type}-${index}-${nodeCrypto().randomBytes(4).toString("hex")}`;
}

/** Loaded when it is needed: it takes 4 ms, which commands that only read need not wait. */
function nodeCrypto() {
  return process.getBuiltinModule("node:crypto");
}
