/** What an attempt is known by on the board: its slot, and a number that grows with each in it. */
export interface BoardEntry {
  readonly slot: number;
  readonly serial: number;
}

const bytesPerSlot = 16;

/**
 * Memory that both threads see: which attempts have begun, when, and which of them are over.
 *
 * A message for each would wake the other thread twice for every task. And one that says that an
 * attempt is over would come too late when the next handler blocks the event loop.
 */
export class AttemptBoard {
  readonly memory: SharedArrayBuffer;
  readonly #startedAt: Float64Array;
  readonly #begun: Int32Array;
  readonly #ended: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    const slots = memory.byteLength / bytesPerSlot;
    this.memory = memory;
    this.#startedAt = new Float64Array(memory, 0, slots);
    this.#begun = new Int32Array(memory, slots * 8, slots);
    this.#ended = new Int32Array(memory, slots * 12, slots);
  }

  static forSlots(slots: number): AttemptBoard {
    return new AttemptBoard(new SharedArrayBuffer(slots * bytesPerSlot));
  }

  /** For the attempt that will begin next in a slot. */
  nextIn(slot: number): BoardEntry {
    return { slot, serial: (Atomics.load(this.#begun, slot) + 1) | 0 };
  }

  /** Whether it may begin: not when it has been given back. */
  begin({ slot, serial }: BoardEntry, now: number): boolean {
    this.#startedAt[slot] = now; // read only once it has begun
    return this.#take({ slot, serial });
  }

  /** Whether it could be given back: not when it has begun. */
  giveBack(entry: BoardEntry): boolean {
    const isOurs = this.#take(entry);
    if (isOurs) this.end(entry);
    return isOurs;
  }

  /** Of two threads that reach for it only one gets it. */
  #take({ slot, serial }: BoardEntry): boolean {
    const before = (serial - 1) | 0;
    return Atomics.compareExchange(this.#begun, slot, before, serial) === before;
  }

  /** Harmless when a later one in the slot has ended meanwhile. */
  end({ slot, serial }: BoardEntry): void {
    let known = Atomics.load(this.#ended, slot);
    while (isBefore(known, serial)) {
      const found = Atomics.compareExchange(this.#ended, slot, known, serial);
      if (found === known) return;
      known = found;
    }
  }

  /** By the monotonic clock; `undefined` while it has not begun. */
  startOf({ slot, serial }: BoardEntry): number | undefined {
    return hasReached(this.#begun, slot, serial) ? this.#startedAt[slot] : undefined;
  }

  isOver({ slot, serial }: BoardEntry): boolean {
    return hasReached(this.#ended, slot, serial);
  }
}

/** Also after the numbers have begun anew. */
function isBefore(number: number, serial: number): boolean {
  return ((number - serial) | 0) < 0;
}

function hasReached(numbers: Int32Array, slot: number, serial: number): boolean {
  return !isBefore(Atomics.load(numbers, slot), serial);
}
