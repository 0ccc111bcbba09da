/** The processes of this machine, as far as we may see them. Zombies count as gone. */
export interface ProcessTable {
  pids(): number[];
  /** Those of `pids` that still run; all that run when no pids are given. */
  read(pids?: Iterable<number>): SeenProcess[];
  /** The process, its parent, and so on up to the first. */
  lineage(pid: number): SeenProcess[];
  /** What its program is called, without arguments: those may have secrets in them. */
  nameOf(pid: number): string | undefined;
  /** Whether the process was started with `NAME=value` in its environment. */
  carriesMark(pid: number, mark: string): boolean;
}

/** A running process, as it was when somebody looked. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** 0 where the platform does not say. */
  readonly session: number;
  readonly startedAt: string;
  /** Comparable between processes of this boot: who started later has the greater number. */
  readonly startOrder: number;
  /** Resident, bytes. */
  readonly memory: number;
  readonly cpuMs: number;
}
