import type { MachineFacts } from "../machine/memory.ts";

/** How many processes the kernel has killed for want of memory since the last look; Linux tells. */
export class OomWatch {
  readonly #readMachine: () => MachineFacts;
  #before: number;

  constructor(readMachine: () => MachineFacts) {
    this.#readMachine = readMachine;
    this.#before = process.platform === "linux" ? readMachine().oomKills : 0;
  }

  look(): void {
    if (process.platform !== "linux") return;
    this.#before = this.#readMachine().oomKills;
  }

  /** Looked at by several deaths: one kill may be what ended each of them. */
  recent(): number {
    if (process.platform !== "linux") return 0;
    return Math.max(0, this.#readMachine().oomKills - this.#before);
  }
}
