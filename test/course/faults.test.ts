import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  globSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CourseBuildSite, courseFiles, onlyPages, topicFolder } from "../support/course-build.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { mountSmallDisk } from "../support/small-disk.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

const slow = "# %%\nimport time\ntime.sleep(SECONDS)\n";
const second = `${topicFolder}/slides_second.py`;

/** Two notebooks; the second takes its time. */
function slowSite(seconds: number): CourseBuildSite {
  return new CourseBuildSite({
    ...courseFiles("# %%\n1\n", { targets: onlyPages }),
    [second]: `# {{ header("Zwei", "Two") }}\n\n${slow.replace("SECONDS", String(seconds))}`,
  });
}

const page = "En/Course/Slides/Html/Completed/One/02 Two.html";

it("a build that is killed leaves whole files, and the next goes on where it was", async () => {
  const site = slowSite(60);
  const build = site.start(["build", "course.yaml", "--output-mode", "verbose"]);
  await build.says(/started pages of .*slides_second/);

  build.kill("SIGKILL");
  await build.end;

  expect(site.tree("output").filter((path) => path.endsWith(".draft"))).toEqual([]);
  expect(existsSync(join(site.folder, "output", page))).toBe(false);
  site.write(second, site.read(second).replace("60", "0"));
  expect(await site.summary()).toMatchObject({ built: 1, up_to_date: 1, exit_code: 0 });
  expect(existsSync(join(site.folder, "output", page))).toBe(true);
});

it("a notebook is built whose name is as long as names can be", async () => {
  const site = new CourseBuildSite({
    ...courseFiles("# %%\n1\n"),
    [`${topicFolder}/slides_${"x".repeat(240)}.py`]: '# {{ header("Zwei", "Two") }}\n',
  });

  const summary = await site.summary();

  expect(summary).toMatchObject({ status: "built", failed: [] });
  expect(site.tree("output")).toContain("En/Course/Slides/Python/Completed/One/02 Two.py");
});

it("a worker that is killed in a step does not fail the build", async () => {
  const site = slowSite(0);
  // The first time it takes longer than anybody waits.
  const sleepOnce = `# %%
import os, time
if not os.path.exists("${site.folder}/begun"):
    open("${site.folder}/begun", "w").close()
    time.sleep(600)
`;
  site.write(second, `${site.read(second)}\n${sleepOnce}`);
  const build = site.start(["build", "course.yaml", "--output-mode", "verbose"]);
  await until(() => existsSync(join(site.folder, "begun")));
  const { workers } = await site.json<{ workers: { pid: number; state: string }[] }>(
    ...["workers", "list", "--status", "busy"],
  );

  process.kill(Number(workers[0]?.pid), "SIGKILL");

  const { code, stderr } = await build.end;
  expect(stderr).toMatch(/pages of .*slides_second\.py en runs again/);
  expect(code).toBe(0);
});

it("Ctrl-C in a step ends the build with 130, and what was done stays done", async () => {
  const site = slowSite(60);
  const build = site.start(["build", "course.yaml", "--output-mode", "verbose"]);
  await build.says(/started pages of .*slides_second/);

  build.kill("SIGINT");

  const { code, stderr } = await build.end;
  expect(code).toBe(130);
  expect(stderr).toMatch(/stopped after .*: 1 built, 1 not done/);
  site.write(second, site.read(second).replace("60", "0"));
  expect(await site.summary()).toMatchObject({ built: 1, up_to_date: 1, exit_code: 0 });
});

it("two builds of one course at once both succeed, and leave nothing to do", async () => {
  const site = slowSite(1);

  const [one, other] = await Promise.all([site.build(), site.build()]);

  expect([one.code, other.code]).toEqual([0, 0]);
  expect(await site.summary()).toMatchObject({ built: 0, up_to_date: 2, copied: 0, removed: 0 });
});

it("two courses on one database do not disturb each other", async () => {
  const sites = [slowSite(1), slowSite(1)] as const;
  const database = ["--db-path", join(sites[0].folder, "shared.db")];

  const [one, other] = await Promise.all([
    sites[0].summary(...database),
    sites[1].summary(...database),
  ]);

  expect(one).toMatchObject({ built: 2, exit_code: 0 });
  expect(other).toMatchObject({ built: 2, exit_code: 0 });
  expect(sites[1].tree("output")).toContain(page);
});

describe("a disk that is full", () => {
  it("fails what cannot be written, and leaves what is there whole", { timeout: 90_000 }, async ({
    skip,
  }) => {
    const site = new CourseBuildSite(courseFiles("# %%\n1\n"));
    const disk = mountSmallDisk(site, "output") ?? skip("a small disk cannot be mounted");
    expect(await site.build()).toMatchObject({ code: 0 });
    const file = "output/En/Course/Slides/Python/Completed/One/01 Lists.py";
    const was = site.read(file);
    site.write(
      `${topicFolder}/slides_lists.py`,
      `${site.read(`${topicFolder}/slides_lists.py`)}# %%\n"${"x".repeat(20_000)}"\n`,
    );
    site.write(`${topicFolder}/data/numbers.csv`, "n\n".repeat(10_000));
    site.write(`${topicFolder}/data/more.csv`, "n\n".repeat(10_000));
    disk.fill();

    const { code, stderr } = await site.build();

    expect(code).toBe(1);
    expect(stderr).toMatch(/failed: publish .*01 Lists\.\w+ cannot be written: ENOSPC: [\w ]+$/m);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stderr.match(/^failed: copy .*$/gm)).toEqual([
      expect.stringMatching(/^failed: copy .*\.csv: ENOSPC: no space left on device$/),
    ]);
    expect(site.read(file)).toBe(was);
    disk.free();
    expect(await site.summary()).toMatchObject({ exit_code: 0, removed: 0 });
    expect(site.read(file)).not.toBe(was);
  });
});

it("a disk that is read-only is told as that, and once", { timeout: 90_000 }, async ({ skip }) => {
  const site = new CourseBuildSite(courseFiles("# %%\n1\n"));
  const disk = mountSmallDisk(site, "output") ?? skip("a small disk cannot be mounted");
  disk.close();

  const { code, stderr } = await site.build();

  expect(code).toBe(1);
  expect(stderr).toMatch(/failed: publish .*cannot be written: its disk is read-only/);
  expect(stderr.match(/^failed: copy .*$/gm)).toEqual([
    expect.stringMatching(/: EROFS: read-only file system: .*output\/De$/),
    expect.stringMatching(/: EROFS: read-only file system: .*output\/En$/),
  ]);
});

it("a cell that runs longer than the course allows is told with its place", async () => {
  const files = courseFiles("# %%\nimport time\ntime.sleep(600)\n", { targets: onlyPages });
  const site = new CourseBuildSite({
    ...files,
    "course.yaml": `${files["course.yaml"]}cell-timeout: 0.5\n`,
  });

  const { code, stderr } = await site.build();

  expect(code).toBe(1);
  expect(stderr).toMatch(
    /failed: pages of .* en: slides_lists\.py, line \d+, cell \d+: the cell ran longer than a cell may/,
  );
});

it("a link that leads nowhere is told as that", async () => {
  const site = new CourseBuildSite(courseFiles("# %%\n1\n"));
  symlinkSync("gone.csv", join(site.folder, topicFolder, "data/link.csv"));

  const { code, stderr } = await site.build();

  expect(code).toBe(1);
  expect(stderr).toMatch(/^failed: copy .*data\/link\.csv: the link leads nowhere$/m);
});

it.runIf(process.getuid?.() === 0)(
  "a file that may not be read is told, and stops nothing else",
  async () => {
    const site = new CourseBuildSite({
      ...courseFiles("# %%\n1\n"),
      [`${topicFolder}/slides_secret.py`]: '# {{ header("Geheim", "Secret") }}\n\n# %%\n1\n',
    });
    chmodSync(site.folder, 0o777);
    chmodSync(join(site.folder, topicFolder, "slides_secret.py"), 0o600);
    chmodSync(join(site.folder, topicFolder, "data/numbers.csv"), 0o600);

    const { code, stderr } = await site.run(["build", "course.yaml"], { uid: 65_534 });

    expect(code).toBe(1);
    expect(stderr).toMatch(/failed: publish .*slides_secret\.py de: .*(EACCES|permission)/);
    expect(stderr.match(/failed: copy .*/g)).toEqual([
      expect.stringMatching(/numbers\.csv: EACCES: permission denied$/),
    ]);
    expect(stderr).toMatch(/2 built, 2 failed/);
  },
);

it("two topics with one output are told with both names, and nothing is built", async () => {
  const files = courseFiles("# %%\n1\n");
  const site = new CourseBuildSite({
    ...files,
    "course.yaml": String(files["course.yaml"]).replace("[lists]", "[lists, tuples]"),
    "slides/module_100_one/topic_110_tuples/slides_tuples.py": "# %%\n1\n",
    "slides/module_100_one/topic_110_tuples/helper.py": "value = 'another'\n",
  });

  const { code, stderr } = await site.build();

  expect(code).toBe(2);
  expect(stderr).toMatch(
    /topic_100_lists\/helper\.py and .*topic_110_tuples\/helper\.py would both be/,
  );
  expect(existsSync(join(site.folder, "output"))).toBe(false);
});

it("sources written on Windows give the same outputs, byte by byte", {
  timeout: 90_000,
}, async () => {
  const files: Record<string, string> = {
    ...courseFiles(
      '# %% [markdown] tags=["notes"]\n# Two\n# lines\n\n# %%\nimport helper\n\nhelper.value\n\n# %% [markdown]\n# <img src="img/flow.png" alt="flow">\n',
      {
        targets: "  - { name: all, path: output/all }\nfolders: [{ name: More, path: more/here }]",
      },
    ),
    [`${topicFolder}/pu/flow.puml`]: "@startuml\nA -> B : one\\ntwo\n@enduml\n",
    "more/here/text.txt": "more",
  };
  const { [`${topicFolder}/data/numbers.csv`]: _data, ...written } = files;
  const there = new CourseBuildSite(written);
  const crlf = (text: string) => text.replaceAll("\n", "\r\n");
  const here = new CourseBuildSite(
    Object.fromEntries(Object.entries(written).map(([path, text]) => [path, crlf(text)])),
  );
  const spec = here.read("course.yaml").replace("more/here", "more\\here");
  here.write("course.yaml", `\u{feff}${spec.replace("output/all", "output\\all")}`);
  here.write(`${topicFolder}/helper.py`, there.read(`${topicFolder}/helper.py`));

  expect(await there.build()).toMatchObject({ code: 0 });
  expect(await here.build()).toMatchObject({ code: 0 });

  const bytes = (site: CourseBuildSite) =>
    site.tree("output").map((path) => [path, site.read(`output/${path}`)] as const);
  expect(there.tree("output").length).toBeGreaterThan(50);
  expect(bytes(here)).toEqual(bytes(there));
});

it.runIf(process.platform === "linux")("200 MB of data are copied without being held", async () => {
  const site = new CourseBuildSite(
    courseFiles("# %%\n1\n", {
      targets:
        "  - { name: all, path: output, kinds: [completed], formats: [code], languages: [en] }",
    }),
  );
  const size = 200 * 1024 ** 2;
  truncateSync(site.write(`${topicFolder}/data/large.bin2`, ""), size);
  const build = site.start(["build", "course.yaml"]);
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, peakOf(build.pid));
  }, 5);

  const { code } = await build.end;
  clearInterval(watch);

  expect(code).toBe(0);
  const copy = "output/En/Course/Slides/Python/Completed/One/data/large.bin2";
  expect(statSync(join(site.folder, copy)).size).toBe(size);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(size);
});

it("what is neither file nor folder in a topic is passed over", async () => {
  const site = new CourseBuildSite(courseFiles("# %%\n1\n"));
  execFileSync("mkfifo", [join(site.folder, topicFolder, "pipe")]);

  expect(await site.build()).toMatchObject({ code: 0 });

  expect(globSync("output/**/pipe", { cwd: site.folder })).toEqual([]);
  expect(statSync(join(site.folder, topicFolder, "pipe")).isFIFO()).toBe(true);
});

/** Bytes of memory that it held at once, at most; 0 when it is gone. */
function peakOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
