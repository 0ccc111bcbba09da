import type { ProcessIdentity } from "../../domain/worker.ts";
import { isAlive } from "../process-identity.ts";
import type { ProcessTable, SeenProcess } from "../process-table.ts";

/** On a machine where others start processes all the time, one has to stop looking. */
const maxSearchRounds = 10;

/**
 * Knows who belongs to one root.
 *
 * A process is kin when its parent is, when its group or session was founded by kin, or when it
 * carries the mark. Who was once kin stays so, by pid and start. A group's or session's number
 * stays taken in the kernel while anybody is in it, so it is trusted for as long as we see kin
 * there, and no longer: afterwards it may be a stranger's. Nobody who started before the root
 * is kin, nor are the root's ancestors, nor our own process unless it is the root.
 *
 * A shell puts all programs of a pipeline into one group, which the first of them founds. So in
 * the group of a root that leads no session, the other children of its parent are its siblings:
 * neither they nor what comes from them is kin.
 */
export class Family {
  readonly root: ProcessIdentity | undefined;
  readonly #mark: string | undefined;
  readonly #table: ProcessTable;
  readonly #ancestors: ReadonlySet<number>;
  #members = new Map<number, SeenProcess>();
  readonly #founded = new Set<number>();
  readonly #siblings = new Map<number, string>();
  #alreadyJudged = new Set<number>();
  #rootOrder = 0;
  /** Whose other children are siblings, if there may be any. */
  #siblingsParent: number | undefined;

  constructor(params: { root?: ProcessIdentity; mark?: string }, table: ProcessTable) {
    this.root = params.root;
    this.#mark = params.mark;
    this.#table = table;
    this.#ancestors = this.#meetRoot();
  }

  /** The members that run now. Looks only at those and at processes that are new to it. */
  look(): SeenProcess[] {
    const pids = this.#table.pids();
    const unjudged = pids.filter((pid) => !this.#alreadyJudged.has(pid) || this.#members.has(pid));
    const seen = this.#table.read(unjudged);
    this.#alreadyJudged = new Set(pids);
    if (this.root === undefined) this.#forgetOwnChildren(seen);
    return this.#judge(seen);
  }

  /** Between its fork and its exec a child of ours still has our environment, not the mark. */
  #forgetOwnChildren(seen: readonly SeenProcess[]): void {
    for (const { pid, parent } of seen) if (parent === process.pid) this.#alreadyJudged.delete(pid);
  }

  /** The members that run now, after a look at every process of the machine. */
  search(): SeenProcess[] {
    const listed = new Set<number>();
    const seen: SeenProcess[] = [];
    // Who forks and ends between being listed and being read hands on to one not yet listed.
    for (let round = 0; round < maxSearchRounds; round++) {
      const unlisted = this.#table.pids().filter((pid) => !listed.has(pid));
      if (unlisted.length === 0) break;
      for (const pid of unlisted) listed.add(pid);
      seen.push(...this.#table.read(unlisted));
    }
    return this.#judge(seen);
  }

  /** Those of `members` that still run. */
  alive(members: readonly SeenProcess[]): SeenProcess[] {
    const starts = new Map(members.map(({ pid, startedAt }) => [pid, startedAt]));
    const now = this.#table.read(starts.keys());
    return now.filter(({ pid, startedAt }) => starts.get(pid) === startedAt);
  }

  #meetRoot(): Set<number> {
    const runs = this.root !== undefined && isAlive(this.root) === true;
    const [root, ...ancestors] = runs ? this.#table.lineage(this.root.pid) : [];
    if (root === undefined) return new Set([0, 1]);
    this.#adopt(root);
    this.#rootOrder = root.startOrder;
    // The first process of all inherits everybody's orphans: its children may well be ours.
    const leads = root.group === root.pid && root.session !== root.pid;
    if (leads && root.parent > 1) this.#siblingsParent = root.parent;
    return new Set([0, 1, ...ancestors.map(({ pid }) => pid)]);
  }

  #judge(seen: readonly SeenProcess[]): SeenProcess[] {
    this.#forgetReusedPids(seen);
    this.#meetSiblings(seen);
    const candidates = seen.filter((one) => this.#mayBeKin(one));
    const kin = new Map<number, SeenProcess>();
    this.#gather(candidates, kin, (one) => this.#members.has(one.pid));
    this.#gather(candidates, kin, (one) => this.#isRelated(one, kin));
    if (this.#mark !== undefined && this.#gatherMarked(candidates, kin, this.#mark)) {
      this.#gather(candidates, kin, (one) => this.#isRelated(one, kin));
    }
    this.#remember(kin);
    return [...kin.values()];
  }

  #mayBeKin({ pid, startOrder }: SeenProcess): boolean {
    if (pid === this.root?.pid && this.#rootOrder > 0) return this.#rootOrder === startOrder;
    if (this.#siblings.has(pid)) return false;
    return pid !== process.pid && !this.#ancestors.has(pid) && startOrder >= this.#rootOrder;
  }

  #meetSiblings(seen: readonly SeenProcess[]): void {
    if (this.#siblingsParent === undefined) return;
    for (let grown = true; grown; ) {
      grown = false;
      for (const one of seen) {
        if (this.#siblings.has(one.pid) || !this.#isSibling(one)) continue;
        this.#siblings.set(one.pid, one.startedAt);
        grown = true;
      }
    }
  }

  #isSibling({ pid, parent, group }: SeenProcess): boolean {
    if (group !== this.root?.pid || pid === group || this.#members.has(pid)) return false;
    return parent === this.#siblingsParent || this.#siblings.has(parent);
  }

  #forgetReusedPids(seen: readonly SeenProcess[]): void {
    for (const { pid, startedAt } of seen) {
      if (this.#siblings.get(pid) !== startedAt) this.#siblings.delete(pid);
      if (this.#members.get(pid)?.startedAt === startedAt) continue;
      this.#members.delete(pid);
      this.#founded.delete(pid);
    }
  }

  /** Adds whoever qualifies, until nobody more does. */
  #gather(
    candidates: readonly SeenProcess[],
    kin: Map<number, SeenProcess>,
    qualifies: (one: SeenProcess) => boolean,
  ): void {
    for (let grown = true; grown; ) {
      grown = false;
      for (const one of candidates) {
        if (kin.has(one.pid) || !qualifies(one)) continue;
        kin.set(one.pid, one);
        this.#adopt(one);
        grown = true;
      }
    }
  }

  #gatherMarked(
    candidates: readonly SeenProcess[],
    kin: Map<number, SeenProcess>,
    mark: string,
  ): boolean {
    const before = kin.size;
    for (const one of candidates) {
      if (kin.has(one.pid) || !this.#table.carriesMark(one.pid, mark)) continue;
      kin.set(one.pid, one);
      this.#adopt(one);
    }
    return kin.size > before;
  }

  #isRelated(one: SeenProcess, kin: ReadonlyMap<number, SeenProcess>): boolean {
    return kin.has(one.parent) || this.#founded.has(one.group) || this.#founded.has(one.session);
  }

  #adopt(one: SeenProcess): void {
    this.#members.set(one.pid, one);
    if (one.group === one.pid || one.session === one.pid) this.#founded.add(one.pid);
  }

  #remember(kin: Map<number, SeenProcess>): void {
    this.#members = kin;
    const inUse = new Set<number>();
    for (const { group, session } of kin.values()) inUse.add(group).add(session);
    for (const founder of this.#founded) if (!inUse.has(founder)) this.#founded.delete(founder);
  }
}
