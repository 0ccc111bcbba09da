import { describe, expect, it } from "vitest";
import { ownIdentity } from "../process-identity.ts";
import type { ProcessTable, SeenProcess } from "../process-table.ts";
import { Family } from "./family.ts";

/** What cannot be played with real processes: numbers that the kernel gives out again. */
describe("a family", () => {
  it("disowns a pid that came to another process", () => {
    const table = new WrittenTable([own, { pid: 900_001, parent: own.pid }]);
    const family = new Family({ root: ownIdentity() }, table);
    expect(pidsOf(family.look())).toContain(900_001);

    table.write([own, { pid: 900_001, parent: 1, startedAt: "later", startOrder: Infinity }]);

    expect(pidsOf(family.look())).not.toContain(900_001);
    expect(pidsOf(family.search())).not.toContain(900_001);
  });

  it("trusts the number of a session while somebody of it runs, and no longer", () => {
    const table = new WrittenTable([own, founder, follower(900_002)]);
    const family = new Family({ root: ownIdentity() }, table);
    family.look();

    table.write([own, follower(900_002), follower(900_003)]);
    expect(pidsOf(family.look())).toContain(900_003);

    table.write([own]);
    family.look();
    table.write([own, follower(900_004)]);
    expect(pidsOf(family.search())).not.toContain(900_004);
  });

  it("disowns a session whose founder's pid came to another process meanwhile", () => {
    const table = new WrittenTable([own, founder, follower(900_002)]);
    const family = new Family({ root: ownIdentity() }, table);
    family.look();

    table.write([own, { ...founder, parent: 1, startedAt: "later" }, follower(900_005)]);

    expect(pidsOf(family.search())).toEqual([own.pid]);
  });

  it("holds nobody who started before its root", () => {
    const table = new WrittenTable([own, { pid: 900_001, parent: own.pid, startOrder: 0 }]);

    const family = new Family({ root: ownIdentity() }, table);

    expect(pidsOf(family.search())).toEqual([own.pid]);
  });

  it("holds neither the root's ancestors nor us, though they carry the mark", () => {
    const parent = { pid: 900_000, parent: 1, startOrder: 1 };
    const child = { pid: 900_001, parent: own.pid };
    const table = new WrittenTable([{ ...own, parent: parent.pid }, parent, child], () => true);

    const family = new Family({ root: ownIdentity(), mark: "A=1" }, table);
    const withoutRoot = new Family({ mark: "A=1" }, table);

    expect(pidsOf(family.search())).toEqual([own.pid, child.pid]);
    expect(pidsOf(withoutRoot.search())).not.toContain(own.pid);
  });

  it("knows a sibling in the root's group again when their parent has died", () => {
    const { pid } = own;
    const root = { ...own, parent: 900_000, group: pid, session: 900_000 };
    const shell = { pid: 900_000, parent: 1, startOrder: 1 };
    const reader = { pid: 900_001, parent: shell.pid, group: pid, session: 900_000 };
    const ofReader = { ...reader, pid: 900_002, parent: reader.pid };
    const orphan = { ...reader, pid: 900_003, parent: 1 };
    const table = new WrittenTable([root, shell, reader, ofReader, orphan]);
    const family = new Family({ root: ownIdentity() }, table);
    expect(pidsOf(family.look())).toEqual([own.pid, orphan.pid]);

    table.write([root, { ...reader, parent: 1 }, { ...ofReader, parent: 1 }, orphan]);

    expect(pidsOf(family.search())).toEqual([own.pid, orphan.pid]);
  });

  it("finds a child that was handed on while the processes were being read", () => {
    const table = new WrittenTable([own, founder]);
    const family = new Family({ root: ownIdentity() }, table);
    family.search();
    // Listed while the parent ran; by the time of reading there is its child instead.
    table.onRead = () => table.write([own, { ...follower(900_006), parent: 1 }]);

    expect(pidsOf(family.search())).toEqual([own.pid, 900_006]);
  });
});

const own = {
  pid: process.pid,
  parent: 1,
  startedAt: ownIdentity().startedAt,
  startOrder: Number(ownIdentity().startedAt),
};
const founder = { pid: 900_010, parent: own.pid, group: 900_010, session: 900_010 };

function follower(pid: number): Partial<SeenProcess> {
  return { pid, parent: 1, group: founder.pid, session: founder.pid };
}

function pidsOf(processes: readonly SeenProcess[]): number[] {
  return processes.map(({ pid }) => pid).sort((a, b) => a - b);
}

class WrittenTable implements ProcessTable {
  onRead: () => void = () => {};
  readonly carriesMark: (pid: number) => boolean;
  #processes = new Map<number, SeenProcess>();

  constructor(processes: readonly Partial<SeenProcess>[], carriesMark = (_pid: number) => false) {
    this.carriesMark = carriesMark;
    this.write(processes);
  }

  write(processes: readonly Partial<SeenProcess>[]): void {
    this.#processes = new Map(processes.map((one) => [one.pid ?? 0, complete(one)]));
  }

  nameOf(): undefined {}

  pids(): number[] {
    return [...this.#processes.keys()];
  }

  read(pids: Iterable<number> = this.pids()): SeenProcess[] {
    this.onRead();
    this.onRead = () => {};
    return [...pids].flatMap((pid) => this.#processes.get(pid) ?? []);
  }

  lineage(pid: number): SeenProcess[] {
    const line: SeenProcess[] = [];
    for (let at = this.#processes.get(pid); at; at = this.#processes.get(at.parent)) line.push(at);
    return line;
  }
}

function complete(one: Partial<SeenProcess>): SeenProcess {
  return {
    pid: 0,
    parent: 1,
    group: 1,
    session: 1,
    startedAt: "written",
    startOrder: own.startOrder + 1,
    memory: 0,
    cpuMs: 0,
    ...one,
  };
}
