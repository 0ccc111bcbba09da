import { expect, it } from "vitest";
import { CourseBuildSite, courseFiles, topicFolder } from "../support/course-build.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { startServices, workersOf } from "../support/services.ts";

forbidProcessLeaks();

const notebook = "# %%\n1 + 1\n";
const live = ["idle", "busy", "created", "draining"];

it("a build starts as many workers as its options say, and stops them", async () => {
  const site = new CourseBuildSite(courseFiles(notebook));

  const { code, stderr } = await site.build("--notebook-workers", "2");

  expect(code).toBe(0);
  expect(stderr).toContain("starting 2 notebook workers (direct)");
  const workers = await workersOf(site);
  expect(workers.filter(({ state }) => live.includes(state))).toEqual([]);
});

it("a build uses workers of services that run, says so, and leaves them running", async () => {
  const site = new CourseBuildSite(courseFiles(notebook));
  const { workers: kept } = await startServices(site, "--types", "notebook");

  const { code, stderr } = await site.build();

  expect(code).toBe(0);
  expect(stderr).toContain("using 1 notebook worker that runs already");
  const [worker, ...others] = await workersOf(site);
  expect(others).toEqual([]);
  expect(worker).toMatchObject({ id: kept[0]?.id, state: "idle", jobs_processed: 2 });
});

it("a build goes on counting on workers whose tasks wait for others", async () => {
  const site = new CourseBuildSite({
    ...courseFiles(notebook, {
      targets: "  - { name: all, path: output, kinds: [completed], formats: [html] }",
    }),
    [`${topicFolder}/pu/flow.puml`]: "@startuml\nA -> B\n@enduml\n",
  });
  const { workers: kept } = await startServices(site, "--types", "notebook,plantuml");
  const idOf = (wanted: string) => kept.find(({ type }) => type === wanted)?.id ?? "";
  await site.ok("queue", "pause", "--type", "plantuml");

  const build = site.start(["build", "course.yaml"]);
  await build.says(new RegExp(`${idOf("plantuml")} does not take what waits for it`));
  await site.ok("queue", "resume", "--type", "plantuml");
  const { code, stderr } = await build.end;

  expect(code).toBe(0);
  expect(stderr).not.toContain(`${idOf("notebook")} does not take`);
});

it("a build tells how far it is and what its workers do", async () => {
  const site = new CourseBuildSite(courseFiles(notebook));

  const { stderr } = await site.build("--json");

  const progress = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { event: string; total?: number; types?: unknown })
    .filter(({ event }) => event === "progress");
  expect(progress.at(-1)).toMatchObject({ total: 2, ended: 2, types: [{ type: "notebook" }] });
  expect(progress.some(({ types }) => JSON.stringify(types).includes('"starting":1'))).toBe(true);
});

it.each([
  ["PLANTUML_JAR", "pu/flow.puml", "@startuml\nA -> B\n@enduml\n", "PLANTUML_JAR is /nowhere"],
  ["DRAWIO_EXECUTABLE", "drawio/plan.drawio", "<mxfile/>", "DRAWIO_EXECUTABLE is /nowhere"],
])("a build with a wrong %s starts no worker, and says which key is wrong", async (...row) => {
  const [key, diagram, text, said] = row;
  const site = new CourseBuildSite({
    ...courseFiles("# %%\n1\n"),
    [`${topicFolder}/${diagram}`]: text,
  });

  const { code, stderr } = await site.run(["build", "course.yaml"], { env: { [key]: "/nowhere" } });

  expect(code).toBe(2);
  expect(stderr).toContain(said);
  expect(stderr).not.toContain("starting");
});

it("a build that needs no tool starts although one is wrong", async () => {
  const site = new CourseBuildSite(courseFiles("# %%\n1\n"));

  const { code } = await site.run(["build", "course.yaml"], { env: { PLANTUML_JAR: "/nowhere" } });

  expect(code).toBe(0);
});
