import { setTimeout as sleep } from "node:timers/promises";
import type { SeenProcess } from "../process-table.ts";
import type { Family } from "./family.ts";

export interface EndParams {
  readonly graceMs: number;
  /** The root lives on; so does whatever it starts meanwhile. */
  readonly keepRoot?: boolean;
  /** Told of each round: which signal, and how many processes got it. */
  readonly onSignal?: ((signal: string, processes: number) => void) | undefined;
}

export interface EndedTree {
  readonly ended: number;
  /** Processes that could not be ended: in uninterruptible sleep, or not ours to signal. */
  readonly left: readonly number[];
}

/** How long a killed process may take to vanish before we call it left. */
const vanishMs = 5_000;
/** A tree that forks faster than we find its members is given up after so many rounds. */
const maxFreezeRounds = 50;

/**
 * Asks politely, kills, and verifies. A search that finds nobody has verified it: most trees have
 * ended by themselves, and to look at every process of the machine is what their end costs.
 *
 * What shall be killed is stopped first, and looked for again until nobody new is found: a
 * stopped process cannot fork, so none slips away between the search and the kill.
 */
export async function endFamily(family: Family, params: EndParams): Promise<EndedTree> {
  const ending = new Ending(family, params);
  const isEmpty = params.graceMs > 0 && (await ending.terminate(params.graceMs));
  const left = isEmpty ? [] : await ending.kill();
  const isOurselves = family.root?.pid === process.pid && params.keepRoot !== true;
  if (isOurselves) process.kill(process.pid, "SIGKILL");
  return { ended: ending.found.size - left.length, left: left.map(({ pid }) => pid) };
}

class Ending {
  readonly found = new Set<string>();
  readonly #family: Family;
  readonly #keepRoot: boolean;
  readonly #onSignal: EndParams["onSignal"];

  constructor(family: Family, { keepRoot = false, onSignal }: EndParams) {
    this.#family = family;
    this.#keepRoot = keepRoot;
    this.#onSignal = onSignal;
  }

  /** Whether there was nobody to ask. */
  async terminate(graceMs: number): Promise<boolean> {
    const deadline = performance.now() + graceMs;
    const asked = new Set<string>();
    for (;;) {
      const members = this.#search();
      const unasked = members.filter((member) => !asked.has(name(member)));
      for (const member of unasked) {
        asked.add(name(member));
        signal(member, "SIGTERM");
        signal(member, "SIGCONT"); // who is suspended would not see it
      }
      if (unasked.length > 0) this.#onSignal?.("SIGTERM", unasked.length);
      if (members.length === 0) return this.found.size === 0;
      await this.#untilGone(members, Math.min(deadline, performance.now() + 500));
      if (performance.now() >= deadline) return false;
    }
  }

  async kill(): Promise<SeenProcess[]> {
    const deadline = performance.now() + vanishMs;
    for (;;) {
      const members = this.#freeze();
      if (members.length === 0) return [];
      for (const member of members) signal(member, "SIGKILL");
      this.#onSignal?.("SIGKILL", members.length);
      const left = await this.#untilGone(members, deadline);
      if (left.length > 0 || performance.now() >= deadline) return this.#search();
    }
  }

  #freeze(): SeenProcess[] {
    const frozen = new Set<string>();
    for (let round = 0; ; round++) {
      const members = this.#search();
      const fresh = members.filter((member) => !frozen.has(name(member)));
      if (fresh.length === 0 || round === maxFreezeRounds) return members;
      for (const member of fresh) {
        frozen.add(name(member));
        signal(member, "SIGSTOP");
      }
    }
  }

  #search(): SeenProcess[] {
    const members = this.#family.search().filter(({ pid }) => this.#isOurs(pid));
    for (const member of members) this.found.add(name(member));
    return members;
  }

  #isOurs(pid: number): boolean {
    return pid !== process.pid && !(this.#keepRoot && pid === this.#family.root?.pid);
  }

  async #untilGone(members: readonly SeenProcess[], deadline: number): Promise<SeenProcess[]> {
    let left = this.#family.alive(members);
    for (let pauseMs = 2; left.length > 0 && performance.now() < deadline; pauseMs *= 1.5) {
      await sleep(Math.min(pauseMs, 50, Math.max(1, deadline - performance.now())));
      left = this.#family.alive(left);
    }
    return left;
  }
}

function name({ pid, startedAt }: SeenProcess): string {
  return `${pid}@${startedAt}`;
}

/** Who left meanwhile, or is not ours to signal, shows in the next search. */
function signal({ pid }: SeenProcess, which: NodeJS.Signals): void {
  try {
    process.kill(pid, which);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
