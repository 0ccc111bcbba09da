import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { linuxTable, readProcess } from "./linux.ts";

describe.runIf(process.platform === "linux")("the processes that Linux shows", () => {
  it("hold our own, with its parent, memory and processor time", () => {
    const own = readProcess(process.pid);

    expect(own).toMatchObject({ pid: process.pid, parent: process.ppid });
    // Within a factor of two of what Node says, though measured a moment later.
    expect(own?.memory).toBeGreaterThan(process.memoryUsage.rss() / 2);
    expect(own?.memory).toBeLessThan(process.memoryUsage.rss() * 2);
    expect(own?.cpuMs).toBeLessThanOrEqual(process.cpuUsage().user / 1000 + 60_000);
  });

  it("tell whose child somebody is, up to the first process", () => {
    const line = linuxTable.lineage(process.pid).map(({ pid }) => pid);

    expect(line.slice(0, 2)).toEqual([process.pid, process.ppid]);
    expect(line.at(-1)).toBeLessThan(process.pid);
  });

  it("leave out a process that has ended", () => {
    const { pid } = spawnSync("true");

    expect(linuxTable.read([pid])).toEqual([]);
  });

  it("carry only whole marks", () => {
    const has = (mark: string) =>
      spawnSync(process.execPath, ["-e", program, mark], {
        encoding: "utf8",
        env: { ...process.env, CLX_WORKER_ID: "worker-12" },
      }).stdout;
    const table = new URL("./linux.ts", import.meta.url).href;
    const program = `import("${table}").then(({ linuxTable }) =>
      console.log(linuxTable.carriesMark(process.pid, process.argv[1])))`;

    expect(has("CLX_WORKER_ID=worker-12")).toBe("true\n");
    expect(has("CLX_WORKER_ID=worker-1")).toBe("false\n");
    expect(has("WORKER_ID=worker-12")).toBe("false\n");
  });
});
