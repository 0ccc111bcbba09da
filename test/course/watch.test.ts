import { request } from "node:http";
import { expect, it } from "vitest";
import { CourseBuildSite, courseFiles, topicFolder } from "../support/course-build.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";

forbidProcessLeaks();

const slides = `${topicFolder}/slides_lists.py`;
const code = "output/En/Course/Slides/Python/Completed/One/01 Lists.py";

const times = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

async function watched(site: CourseBuildSite, ...options: readonly string[]) {
  const clx = site.start(["build", "course.yaml", "--watch", ...options]);
  const builds = async (count: number) => {
    await until(() => times(clx.stderr, /^watching; Ctrl-C ends$/gm) >= count, {
      what: `${count} builds; it said ${clx.stderr}`,
    });
  };
  await builds(1);
  return { clx, builds };
}

it("builds what has changed, whatever went wrong before, until Ctrl-C", async () => {
  const site = new CourseBuildSite(courseFiles("# %%\n1\n"));
  const { clx, builds } = await watched(site);

  site.write(slides, `${site.read(slides)}\n# %%\n"second"\n`);
  await builds(2);
  expect(site.read(code)).toContain("second");
  expect(clx.stderr).toMatch(/done in .*: 2 built\n/);

  const spec = site.read("course.yaml");
  site.write("course.yaml", "name: [");
  await builds(3);
  expect(clx.stderr).toMatch(/course\.yaml:1:\d+: error/);

  site.write("slides/module_100_one/topic_110_new/slides_new.py", '# {{ header("Neu", "New") }}\n');
  site.write("course.yaml", spec.replace("[lists]", "[lists, new]"));
  await builds(4);
  expect(site.tree("output").some((path) => path.endsWith("02 New.py"))).toBe(true);

  clx.kill("SIGINT");
  expect(await clx.end).toMatchObject({ code: 0 });
});

it("keeps its workers from build to build, and starts another when one is killed", async () => {
  const site = new CourseBuildSite(courseFiles("# %%\n1\n"));
  const { clx, builds } = await watched(site);
  const write = (text: string) => site.write(slides, `${site.read(slides)}\n# %%\n"${text}"\n`);
  const workers = async () =>
    (await site.json<{ workers: { pid: number; state: string }[] }>("workers", "list")).workers;

  const [first] = await workers();
  write("second");
  await builds(2);
  expect((await workers()).map(({ pid }) => pid)).toEqual([first?.pid]);
  expect(times(clx.stderr, /starting 1 notebook worker/g)).toBe(1);

  process.kill(first?.pid ?? 0, "SIGKILL");
  write("third");
  await builds(3);
  expect(site.read(code)).toContain("third");

  clx.kill("SIGINT");
  expect(await clx.end).toMatchObject({ code: 0 });
  expect(new Set((await workers()).map(({ state }) => state))).toEqual(new Set(["dead", "failed"]));
});

it("takes its own outputs for no change", async () => {
  const site = new CourseBuildSite(courseFiles("# %%\n1\n"));
  const { clx, builds } = await watched(site);

  site.write(`${topicFolder}/data/numbers.csv`, "n\n2\n");
  await builds(2);
  site.write(`${topicFolder}/data/numbers.csv`, "n\n3\n");
  await builds(3);
  clx.kill("SIGINT");

  const { stderr } = await clx.end;
  expect(times(stderr, /^(done|failed) /gm)).toBe(3);
  expect(times(stderr, /4 copied/g)).toBe(2);
});

it("shows pages to this machine alone, and tells them of each build", async () => {
  const site = new CourseBuildSite(
    courseFiles("# %% [markdown]\n# text\n", {
      targets:
        "  - { name: all, path: output, kinds: [completed], formats: [html], languages: [en] }",
    }),
  );
  site.write("secret.txt", "secret");
  const { clx, builds } = await watched(site, "--preview", "--port", "0");
  const port = Number(/preview: http:\/\/127\.0\.0\.1:(\d+)\//.exec(clx.stderr)?.[1]);
  const get = (path: string, host?: string) => ask(port, path, host);

  const list = await get("/");
  expect(list.text).toContain("01 Lists");
  const place = /href="\/view\/([^"]+)"/.exec(list.text)?.[1] ?? "";
  expect((await get(`/view/${place}`)).text).toContain(`/files/${place}`);
  expect((await get(`/files/${place}`)).text).toContain("text");

  for (const path of [
    "/files/all/../secret.txt",
    "/files/all/%2e%2e/secret.txt",
    "/files/none/x",
    "/files/all/%2e%2e%2fsecret.txt",
    "/files/all",
    "/files/all/%00",
    "/%E0%A4%A",
  ]) {
    expect(await get(path)).toMatchObject({ status: 404 });
  }
  expect(await get("/", "evil.example")).toMatchObject({ status: 403 });

  const told = await openEvents(port);
  site.write(slides, site.read(slides).replace("text", "other text"));
  expect(await told.first).toContain("data: built");
  await builds(2);
  expect((await get(`/files/${place}`)).text).toContain("other text");
  clx.kill("SIGINT");
  expect(await clx.end).toMatchObject({ code: 0 });
});

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
}

/** The path goes as it is: clients of higher levels tidy it. */
function ask(port: number, path: string, host = `127.0.0.1:${port}`): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, path, host: "127.0.0.1", headers: { host } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    asked.on("error", reject).end();
  });
}

/** Resolves once the stream is open. */
function openEvents(port: number): Promise<{ readonly first: Promise<string> }> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, path: "/changes", host: "127.0.0.1" }, (response) => {
      const first = new Promise<string>((resolveFirst) => {
        response.setEncoding("utf8").on("data", (piece: string) => {
          if (!piece.includes("data:")) return;
          resolveFirst(piece);
          asked.destroy();
        });
      });
      resolve({ first });
    });
    asked.on("error", reject).end();
  });
}
