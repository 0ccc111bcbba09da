import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { newFolder } from "../../test/support/direct-workers.ts";
import { availableOf, pressureOf } from "./memory/darwin.ts";
import { readMachine, readMemory } from "./memory.ts";

const gibibyte = 1024 ** 3;

const bareMachine = {
  "proc/meminfo": "MemTotal:       16777216 kB\nMemFree: 1 kB\nMemAvailable:    8388608 kB\n",
  "proc/cpuinfo": processors(8, (n) => `physical id\t: 0\ncore id\t\t: ${n % 4}\n`),
  "proc/self/status": "Name:\tnode\nCpus_allowed_list:\t0-7\n",
  "proc/vmstat": "pgfault 10\noom_kill 2\n",
};

describe("what a machine can give", () => {
  it("is found for the one we are on", () => {
    const machine = readMachine();

    expect(machine.memoryTotal).toBeGreaterThan(0);
    expect(machine.memoryAvailable).toBeLessThanOrEqual(machine.memoryTotal);
    expect(machine.physicalCores).toBeGreaterThanOrEqual(1);
    expect(machine.platform).toBe(process.platform);
  });

  it("is the same when only its memory is asked for", () => {
    const whole = readMachine();
    const memory = readMemory();

    expect(memory.memoryTotal).toBe(whole.memoryTotal);
    expect(memory.memoryAvailable).toBeGreaterThan(0);
    expect(memory.platform).toBe(whole.platform);
  });

  it("is all of it where no group sets limits, and a core counts once", () => {
    expect(readRecorded(bareMachine)).toEqual({
      memoryTotal: 16 * gibibyte,
      memoryAvailable: 8 * gibibyte,
      physicalCores: 4,
      platform: "linux",
      pressure: "normal",
      oomKills: 2,
    });
  });

  it("counts processors where the kernel names no cores", () => {
    const machine = { ...bareMachine, "proc/cpuinfo": processors(6, () => "BogoMIPS : 50\n") };

    expect(readRecorded(machine).physicalCores).toBe(6);
  });

  it("counts only the cores that we may run on", () => {
    const machine = { ...bareMachine, "proc/self/status": "Cpus_allowed_list:\t0,4-5\n" };

    expect(readRecorded(machine).physicalCores).toBe(2);
  });

  it("is what a container's group allows (version 2)", () => {
    const machine = readRecorded({
      ...bareMachine,
      "proc/self/cgroup": "0::/\n",
      "sys/fs/cgroup/memory.max": `${4 * gibibyte}\n`,
      "sys/fs/cgroup/memory.current": `${3 * gibibyte}\n`,
      "sys/fs/cgroup/memory.stat": `anon 1\ninactive_file ${gibibyte}\nactive_file 5\n`,
      "sys/fs/cgroup/memory.events": "low 0\nhigh 0\nmax 3\noom 2\noom_kill 7\n",
      "sys/fs/cgroup/cpu.max": "150000 100000\n",
    });

    expect(machine).toMatchObject({
      memoryTotal: 4 * gibibyte,
      memoryAvailable: 2 * gibibyte,
      physicalCores: 2,
      oomKills: 7,
    });
  });

  it("is limited by the groups above ours too (version 2)", () => {
    const machine = readRecorded({
      ...bareMachine,
      "proc/self/cgroup": "0::/system.slice/clx.service\n",
      "sys/fs/cgroup/system.slice/memory.max": `${2 * gibibyte}\n`,
      "sys/fs/cgroup/system.slice/memory.current": `${gibibyte}\n`,
      "sys/fs/cgroup/system.slice/clx.service/memory.max": "max\n",
      "sys/fs/cgroup/system.slice/clx.service/memory.current": "1000\n",
      "sys/fs/cgroup/system.slice/clx.service/memory.events": "oom_kill 1\n",
      "sys/fs/cgroup/system.slice/clx.service/cpu.max": "max 100000\n",
    });

    expect(machine).toMatchObject({
      memoryTotal: 2 * gibibyte,
      memoryAvailable: gibibyte,
      physicalCores: 4,
      oomKills: 1,
    });
  });

  it("is what a container's group allows (version 1, its path not mounted as such)", () => {
    const machine = readRecorded({
      ...bareMachine,
      "proc/self/cgroup": "4:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n0::/\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": `${gibibyte}\n`,
      "sys/fs/cgroup/memory/memory.usage_in_bytes": `${gibibyte / 2}\n`,
      "sys/fs/cgroup/memory/memory.stat": `inactive_file 1\ntotal_inactive_file ${gibibyte / 4}\n`,
      "sys/fs/cgroup/memory/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    });

    expect(machine).toMatchObject({
      memoryTotal: gibibyte,
      memoryAvailable: 0.75 * gibibyte,
      physicalCores: 1,
      oomKills: 5,
    });
  });

  it("is unlimited by version 1's way to say none", () => {
    const machine = readRecorded({
      ...bareMachine,
      "proc/self/cgroup": "4:memory:/\n1:cpu:/\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/memory/memory.usage_in_bytes": "5\n",
      "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    });

    expect(machine).toMatchObject({
      memoryTotal: 16 * gibibyte,
      memoryAvailable: 8 * gibibyte,
      physicalCores: 4,
    });
  });

  it("is never less than nothing", () => {
    const machine = readRecorded({
      ...bareMachine,
      "proc/self/cgroup": "0::/\n",
      "sys/fs/cgroup/memory.max": "1000\n",
      "sys/fs/cgroup/memory.current": "2000\n",
    });

    expect(machine.memoryAvailable).toBe(0);
  });

  it("is told by two programs on macOS", () => {
    const answer =
      "The system has 17179869184 (4194304 pages with a page size of 4096).\n" +
      "System-wide memory free percentage: 25%\n";

    expect(availableOf(16 * gibibyte, answer)).toBe(4 * gibibyte);
    expect(["1\n", "2\n", "4\n", ""].map(pressureOf)).toEqual([
      "normal",
      "warning",
      "critical",
      "normal",
    ]);
  });
});

function processors(count: number, describeProcessor: (n: number) => string): string {
  const blocks = Array.from(
    { length: count },
    (_, n) => `processor\t: ${n}\n${describeProcessor(n)}`,
  );
  return blocks.join("\n");
}

function readRecorded(files: Readonly<Record<string, string>>) {
  const root = newFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return readMachine({ root, platform: "linux" });
}
