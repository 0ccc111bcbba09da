import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { JsonValue } from "../../src/domain/json.ts";
import { defaultRetry, type NewTask, type Task } from "../../src/domain/task.ts";
import { forbidProcessLeaks } from "../support/process-leaks.ts";
import { until } from "../support/until.ts";
import { WorkerStage } from "../support/worker-stage.ts";

forbidProcessLeaks();

type DiagramType = "plantuml" | "drawio";

const display = fileURLToPath(
  new URL("../programs/commands/draws-on-a-display.ts", import.meta.url),
);

/** What that program says of a run. */
interface DrawnOn {
  readonly display: string;
  readonly folder: string;
  /** Where it keeps what it keeps of its user. */
  readonly settings: string;
  readonly from: number;
  readonly to: number;
}

const simple = "@startuml\r\nAlice -> Bob : hi\r\n@enduml\r\n";
const sample = fileURLToPath(
  new URL("../../src/workers/drawio/samples/pages.drawio", import.meta.url),
);

describe("a worker of the type plantuml", () => {
  it("draws all diagrams of a file, from and to paths with any letters", async () => {
    const stage = await stageWith("plantuml");
    const source = write(stage, "ä ö/ü ✓.puml", `${simple}@startuml second\nclass A\n@enduml\n`);
    const output = join(stage.folder, "aus gabe/ü ✓.svg");

    const task = await run(stage, "plantuml", { source, output });

    expect(task).toMatchObject({ state: "completed", attempt: 1 });
    expect(task.result).toMatchObject({
      outputs: [
        { path: output, changed: true, width: expect.any(Number), height: expect.any(Number) },
        { path: join(dirname(output), "second.svg"), title: "second" },
      ],
    });
    expect(readdirSync(dirname(output)).toSorted()).toEqual(["second.svg", "ü ✓.svg"]);
    expect(readFileSync(output, "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  it("leaves a picture alone that would not change", async () => {
    const stage = await stageWith("plantuml");
    const payload = { source: write(stage, "a.puml", simple), output: join(stage.folder, "a.png") };
    await run(stage, "plantuml", payload);
    const before = statSync(payload.output, { bigint: true }).mtimeNs;

    const again = await run(stage, "plantuml", payload);

    expect(again.result).toMatchObject({ outputs: [{ changed: false }] });
    expect(statSync(payload.output, { bigint: true }).mtimeNs).toBe(before);
  });

  it("fails a mistake for good, with file and line, and writes nothing at all", async () => {
    const stage = await stageWith("plantuml");
    const source = write(stage, "a.puml", `${simple}@startuml\nfoo bar\n@enduml`);

    const task = await run(stage, "plantuml", { source, output: join(stage.folder, "o/a.svg") });

    expect(task).toMatchObject({ state: "failed", attempt: 1 });
    expect(task.failure).toMatchObject({
      kind: "user_error",
      message: expect.stringMatching(/^a\.puml, line 5: "foo bar" Syntax Error/),
    });
    expect(existsSync(join(stage.folder, "o"))).toBe(false);
  });

  it("tells all mistakes of a file at once, of each diagram that has one", async () => {
    const stage = await stageWith("plantuml");
    const source = write(
      stage,
      "a.puml",
      `@startuml\nfoo bar\n@enduml\n${simple}@startuml\n!include no.iuml\n!include <x/y>\n@enduml\n@startuml\nA -> B\n`,
    );
    const output = join(stage.folder, "o/a.svg");

    const task = await run(stage, "plantuml", { source, output });
    const one = await run(stage, "plantuml", { source, output, diagram: 2 });

    const all = [
      expect.stringMatching(/^a\.puml, line 2: "foo bar" Syntax Error/),
      expect.stringMatching(/^a\.puml, line 8: the file .*no\.iuml cannot be read/),
      expect.stringMatching(/^a\.puml, line 9: the library <x\/y> does not come/),
      expect.stringMatching(/^a\.puml, line 11: this diagram has no end/),
    ];
    expect(task).toMatchObject({ state: "failed", attempt: 1, failure: { kind: "user_error" } });
    expect(task.failure?.message.split("\n")).toEqual(["a.puml: 4 mistakes", ...all]);
    expect(task.failure?.details?.split("\n")).toEqual(all);
    expect(one).toMatchObject({ state: "completed", result: { outputs: [{ path: output }] } });
    expect(readdirSync(dirname(output))).toEqual(["a.svg"]);
  });

  it("refuses keys that it does not know", async () => {
    const stage = await stageWith("plantuml");

    const task = await run(stage, "plantuml", { source: "/a", output: "/b.svg", colour: "red" });

    expect(task).toMatchObject({ state: "failed", failure: { kind: "invalid_payload" } });
    expect(task.failure?.message).toContain("colour");
  });

  it("says that a picture cannot be written, and leaves the old one", async () => {
    const stage = await stageWith("plantuml");
    const source = write(stage, "a.puml", simple);
    write(stage, "file", "");

    const task = await run(stage, "plantuml", { source, output: join(stage.folder, "file/a.svg") });

    expect(task).toMatchObject({ state: "failed", attempt: 1, failure: { kind: "user_error" } });
    expect(task.failure?.message).toMatch(/file\/a\.svg cannot be written/);
  });

  it("tries again when the disk is full, and keeps the old picture meanwhile", async (context) => {
    const stage = await stageWith("plantuml");
    const disk = join(stage.folder, "disk");
    if (!mountFull(disk)) return context.skip("we may not mount here");
    const output = join(disk, "a.svg");
    writeFileSync(output, "old");
    writeFileSync(join(disk, "ballast"), Buffer.alloc(60 * 1024));
    const body = Array.from({ length: 40 }, (_, at) => `A -> B : message ${at}`).join("\n");
    const source = write(stage, "a.puml", `@startuml\n${body}\n@enduml`);

    const task = await run(stage, "plantuml", { source, output });

    expect(task).toMatchObject({ state: "failed", attempt: 3 });
    expect(task.failure?.message).toContain("ENOSPC");
    expect(readFileSync(output, "utf8")).toBe("old");
    expect(readdirSync(disk).toSorted()).toEqual(["a.svg", "ballast"]);
  });

  it("runs a diagram again whose worker was killed", async () => {
    const stage = await WorkerStage.open();
    const first = await startWorker(stage, "plantuml");
    const source = write(stage, "a.puml", largeDiagram());
    const output = join(stage.folder, "a.svg");
    const id = await submit(stage, "plantuml", { source, output });
    await stage.untilRunning(id);
    first.child.kill("SIGKILL");
    await first.ended;
    const left = existsSync(output);
    await bury(stage, first.id);
    await startWorker(stage, "plantuml");
    const task = await stage.untilEnded(id);

    expect(left).toBe(false);
    expect(task).toMatchObject({ state: "completed", attempt: 2 });
    expect(readdirSync(dirname(output)).filter((name) => name.startsWith("a."))).toEqual([
      "a.puml",
      "a.svg",
    ]);
  });
});

describe("a JAR of the user's", () => {
  it("is ended with all its children when the task has used up its time", async () => {
    const tools = await stageWithJava('sleep 600 & echo $! > "$CHILD_FILE"; wait');
    const task = await run(tools.stage, "plantuml", tools.payload, {
      timeoutMs: 6_000,
      attempts: 1,
    });

    expect(task).toMatchObject({ state: "failed", failure: { kind: "timed_out" } });
    const child = Number(readFileSync(tools.childFile, "utf8"));
    await until(async () => (existsSync(`/proc/${child}`) ? undefined : true));
  });

  it("has its own words about mistakes told with file and line", async () => {
    const tools = await stageWithJava(
      'cat > /dev/null; printf "ERROR\\n1\\nSyntax Error?\\n" >&2; printf "<svg/>"; exit 200',
    );

    const task = await run(tools.stage, "plantuml", tools.payload);

    expect(task).toMatchObject({ attempt: 1, failure: { kind: "user_error" } });
    expect(task.failure?.message).toBe('a.puml, line 2: "Alice -> Bob : hi" Syntax Error?');
  });

  it("ships no picture that says that Graphviz is missing", async () => {
    const tools = await stageWithJava(
      'cat > /dev/null; echo "<svg><text>Cannot find Graphviz</text></svg>"',
    );

    const task = await run(tools.stage, "plantuml", tools.payload);

    expect(task.failure).toMatchObject({ kind: "not_started" });
    expect(existsSync(tools.payload.output)).toBe(false);
  });

  it("fails with what it said when it draws nothing", async () => {
    const tools = await stageWithJava("echo no memory >&2; exit 1");

    const task = await run(tools.stage, "plantuml", tools.payload, { attempts: 1 });

    expect(task.failure).toMatchObject({ kind: "exit_code", exitCode: 1 });
    expect(task.failure?.message).toContain("no memory");
  });
});

describe("a draw.io of the user's", () => {
  it("draws each page on a display and in a folder of its own, other workers beside it", async () => {
    const tools = await stageWithDrawio(`exec "${process.execPath}" "${display}" "$@"`);
    await startWorker(tools.stage, "drawio");
    await startWorker(tools.stage, "drawio");
    const { source } = tools.payload;
    const output = (name: string) => join(tools.stage.folder, name, "p.svg");

    const ids = await Promise.all(
      ["a", "b", "c"].map((name) =>
        submit(tools.stage, "drawio", { source, output: output(name) }, { attempts: 1 }),
      ),
    );

    for (const id of ids) {
      const task = await tools.stage.untilEnded(id);
      expect(task.failure?.message).toBeUndefined();
      expect(task).toMatchObject({ state: "completed", result: { outputs: [{}, {}, {}, {}] } });
    }
    const runs = readFileSync(tools.childFile, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as DrawnOn);
    expect(runs).toHaveLength(12);
    expect(new Set(runs.map(({ folder }) => folder)).size).toBe(12);
    expect(runs.filter(({ folder }) => existsSync(folder))).toEqual([]);
    expect(runs.every(({ settings, folder }) => settings.startsWith(`${folder}/`))).toBe(true);
    for (const run of runs) {
      const beside = runs.filter(({ from, to }) => from < run.to && run.from < to);
      expect(new Set(beside.map((one) => one.display)).size).toBe(beside.length);
    }
    const displays = () => runs.filter((run) => existsSync(`/tmp/.X11-unix/X${run.display}`));
    await expect.poll(displays).toEqual([]);
  });

  it("is ended with all its children when the task has used up its time", async () => {
    const tools = await stageWithDrawio('sleep 600 & echo $! > "$CHILD_FILE"; wait');

    const task = await run(tools.stage, "drawio", tools.payload, { timeoutMs: 6_000, attempts: 1 });

    expect(task).toMatchObject({ state: "failed", failure: { kind: "timed_out" } });
    const child = Number(readFileSync(tools.childFile, "utf8"));
    await until(async () => (existsSync(`/proc/${child}`) ? undefined : true));
  });

  it("fails with what it said when it draws nothing", async () => {
    const tools = await stageWithDrawio("echo the GPU is gone >&2; exit 5");

    const task = await run(tools.stage, "drawio", tools.payload, { attempts: 1 });

    expect(task.failure).toMatchObject({ kind: "exit_code", exitCode: 5 });
    expect(task.failure?.message).toContain("the GPU is gone");
    expect(existsSync(tools.payload.output)).toBe(false);
  });
});

describe("a worker of the type drawio", () => {
  it("draws all pages of a file", async () => {
    const stage = await stageWith("drawio");
    const source = join(stage.folder, "pages.drawio");
    copyFileSync(sample, source);

    const task = await run(stage, "drawio", { source, output: join(stage.folder, "o/p.png") });

    expect(task.result).toMatchObject({
      outputs: [
        { title: "Shapes" },
        { title: "Labels" },
        { title: "Lanes & containers" },
        { title: "Icons" },
      ],
    });
    expect(readdirSync(join(stage.folder, "o")).toSorted()).toEqual([
      ...["p-Icons.png", "p-Labels.png", "p-Lanes & containers.png", "p.png"],
    ]);
  });

  it("draws one page, and says what is wrong with a broken file", async () => {
    const stage = await stageWith("drawio");
    const output = join(stage.folder, "p.svg");
    const broken = write(stage, "b.drawio", "<mxfile><diagram></mxfile>");

    const one = await run(stage, "drawio", { source: sample, output, page: "Icons" });
    const none = await run(stage, "drawio", { source: broken, output });

    expect(one.result).toMatchObject({ outputs: [{ path: output, title: "Icons" }] });
    expect(none.failure).toMatchObject({ kind: "user_error" });
    expect(none.failure?.message).toMatch(/^b\.drawio: line 1, column \d+/);
    expect(readFileSync(output, "utf8")).toContain("<svg");
  });
});

async function stageWith(type: DiagramType): Promise<WorkerStage> {
  const stage = await WorkerStage.open();
  await startWorker(stage, type);
  return stage;
}

function startWorker(stage: WorkerStage, type: DiagramType) {
  const handler = new URL(`../../src/workers/${type}/${type}-worker.ts`, import.meta.url).href;
  return stage.startReady({ type, handler });
}

/** What a supervisor does when it hears of a worker's death. */
async function bury(stage: WorkerStage, workerId: string): Promise<void> {
  await stage.store.endWorker({
    workerId,
    event: "fail",
    ending: { reason: "killed", signal: "SIGKILL" },
    tasks: { kind: "failed", failure: { kind: "worker_died", message: "its worker was killed" } },
    now: Date.now(),
    jitter: 0,
  });
}

/** A worker whose `java` is a script. */
async function stageWithJava(script: string) {
  const stage = await WorkerStage.open();
  const childFile = join(stage.folder, "child");
  const java = write(stage, "bin/java", `#!/bin/sh\n${script}\n`);
  chmodSync(java, 0o755);
  vi.stubEnv("PATH", `${dirname(java)}:${process.env.PATH}`);
  vi.stubEnv("PLANTUML_JAR", write(stage, "plantuml.jar", ""));
  vi.stubEnv("CHILD_FILE", childFile);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  await startWorker(stage, "plantuml");
  const source = write(stage, "a.puml", simple);
  return { stage, childFile, payload: { source, output: join(stage.folder, "a.svg") } };
}

async function stageWithDrawio(script: string) {
  const stage = await WorkerStage.open();
  const childFile = join(stage.folder, "child");
  const program = write(stage, "bin/draw.io", `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  vi.stubEnv("DRAWIO_EXECUTABLE", program);
  vi.stubEnv("CHILD_FILE", childFile);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  await startWorker(stage, "drawio");
  return { stage, childFile, payload: { source: sample, output: join(stage.folder, "p.svg") } };
}

interface RunLimits {
  readonly timeoutMs?: number;
  readonly attempts?: number;
}

function submit(
  stage: WorkerStage,
  type: DiagramType,
  payload: JsonValue,
  { timeoutMs, attempts = 3 }: RunLimits = {},
): Promise<string> {
  const more: Partial<NewTask> = {
    ...{ type, payload, retry: { ...defaultRetry, maxAttempts: attempts, backoffMs: 1 } },
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
  return stage.submit({ act: "answer" }, more);
}

async function run(
  stage: WorkerStage,
  type: DiagramType,
  payload: JsonValue,
  limits: RunLimits = {},
): Promise<Task> {
  return stage.untilEnded(await submit(stage, type, payload, limits));
}

function write(stage: WorkerStage, name: string, text: string): string {
  const path = join(stage.folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** A disk of 64 KB; false where we may not mount. */
function mountFull(folder: string): boolean {
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "pipe" });
  } catch {
    return false;
  }
  onTestFinished(() => {
    execFileSync("umount", ["-l", folder]);
  });
  return true;
}

function largeDiagram(): string {
  const links = Array.from({ length: 150 }, (_, at) => `[n${at}] --> [n${(at * 7) % 150}]`);
  return `@startuml\n${links.join("\n")}\n@enduml`;
}
