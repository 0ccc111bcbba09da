import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { clxProgram } from "../measure/built-clx.ts";
import { monotonicMs } from "../measure/process-usage.ts";
import { atMost, type Row } from "../row.ts";

const runProgram = promisify(execFile);

/**
 * What CLX's own build was measured to do on the machine where we studied it; seconds on the
 * clock. Its courses had no diagrams. Warm: all is in its cache, and it writes the outputs anew.
 */
const reference = {
  oneNotebook: { cold: 9.2, warm: 2.1 },
  twentyNotebooks: { coldWithOneWorker: 97, coldWithTwoWorkers: 45.2, warm: 2.9 },
};

const third = (seconds: number) => Number((seconds / 3).toFixed(1));

const allFormats = "[html, notebook, code]";

export const courseOfOne: Row = {
  id: "CO",
  what: "build a course: 1 notebook × 18 outputs, executed; cold, and with its caches but without its outputs",
  async measure({ folder }) {
    writeCourse(folder, { notebooks: 1, diagrams: 0, formats: allFormats });
    const cold = await build(folder);
    if (cold.outputs !== 18) throw new Error(`${cold.outputs} outputs`);
    forgetOutputs(folder);
    const warm = await build(folder);
    return { values: { "cold s": cold.seconds, "warm s": warm.seconds } };
  },
  targets: () => [
    atMost("cold s", third(reference.oneNotebook.cold), "s (a third of CLX's 9.2)"),
    atMost("warm s", reference.oneNotebook.warm, "s (CLX's)"),
  ],
};

export const courseNotebooks: Row = {
  id: "CN",
  what: "build a course: 20 notebooks × 18 outputs, executed; cold with 1 and 2 notebook workers, with its caches but without its outputs, and with nothing changed",
  runs: 1,
  async measure({ folder, size }) {
    const notebooks = size(20, 4);
    writeCourse(folder, { notebooks, diagrams: 0, formats: allFormats });
    const one = await build(folder, "--notebook-workers", "1");
    forget(folder);
    const two = await build(folder, "--notebook-workers", "2");
    if (two.outputs !== notebooks * 18) throw new Error(`${two.outputs} outputs`);
    forgetOutputs(folder);
    const warm = await build(folder);
    const again = await build(folder);
    return {
      values: {
        "cold s, 1 worker": one.seconds,
        "cold s, 2 workers": two.seconds,
        "warm s": warm.seconds,
        "unchanged s": again.seconds,
      },
    };
  },
  targets: () => {
    const { coldWithOneWorker, coldWithTwoWorkers, warm } = reference.twentyNotebooks;
    return [
      atMost(
        "cold s, 1 worker",
        third(coldWithOneWorker),
        `s (a third of CLX's ${coldWithOneWorker})`,
      ),
      atMost(
        "cold s, 2 workers",
        third(coldWithTwoWorkers),
        `s (a third of CLX's ${coldWithTwoWorkers})`,
      ),
      atMost("warm s", warm, "s (CLX's)"),
    ];
  },
};

export const courseWhole: Row = {
  id: "CW",
  what: "build a course: 20 notebooks × 18 outputs and 200 diagrams that each of them shows; cold, with its caches but without its outputs, and with nothing changed",
  runs: 1,
  async measure({ folder, size }) {
    const notebooks = size(20, 4);
    const diagrams = size(200, 20);
    writeCourse(folder, { notebooks, diagrams, formats: allFormats });
    const cold = await build(folder);
    if (cold.outputs !== (notebooks + diagrams) * 18) throw new Error(`${cold.outputs} outputs`);
    forgetOutputs(folder);
    const warm = await build(folder);
    if (warm.outputs !== cold.outputs) throw new Error(`${warm.outputs} outputs`);
    const again = await build(folder);
    if (again.built !== 0) throw new Error(`${again.built} steps were built again`);
    return {
      values: {
        "cold s": cold.seconds,
        "warm s": warm.seconds,
        "unchanged ms": again.seconds * 1_000,
      },
    };
  },
  targets: () => [
    atMost(
      "cold s",
      third(reference.twentyNotebooks.coldWithOneWorker),
      "s (a third of CLX's 97 for the notebooks alone)",
    ),
  ],
};

export const courseUnchanged: Row = {
  id: "CU",
  what: "build a course of 1,008 outputs in which nothing has changed: the whole command, and what the build itself took",
  async measure({ folder, size }) {
    writeCourse(folder, { notebooks: size(84, 10), diagrams: 0, formats: "[notebook, code]" });
    await build(folder);
    const again = await build(folder);
    if (again.built !== 0) throw new Error(`${again.built} steps were built again`);
    return { values: { "command ms": again.seconds * 1_000, "build ms": again.tookMs } };
  },
  targets: () => [atMost("command ms", 300, "ms")],
};

const jar = "/usr/share/plantuml/plantuml.jar";

export const courseDiagrams: Row = {
  id: "CD",
  what: "200 PlantUML diagrams in a build, cold, 1 worker, for each; and `java -jar plantuml.jar` for one file, where there is one",
  runs: 1,
  async measure({ folder, size }) {
    const diagrams = size(200, 20);
    writeCourse(folder, { notebooks: 0, diagrams, formats: "[code]" });
    const { seconds } = await build(folder, "--plantuml-workers", "1");
    const each = (seconds * 1_000) / diagrams;
    const java = existsSync(jar) ? await javaMs(folder, size(10, 2)) : Number.NaN;
    return { values: { "ms each": each, "java ms each": java, "java / ours": java / each } };
  },
  targets: () => [
    {
      value: "java / ours",
      text: "java / ours ≥ 10",
      isMet: (measured) => measured >= 10 || Number.isNaN(measured),
    },
  ],
};

interface Built {
  readonly seconds: number;
  readonly tookMs: number;
  readonly built: number;
  readonly outputs: number;
}

async function build(folder: string, ...options: readonly string[]): Promise<Built> {
  const startedAt = monotonicMs();
  const { stdout } = await runProgram(
    process.execPath,
    [clxProgram, "build", "course.yaml", "--json", ...options],
    { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
  );
  const seconds = (monotonicMs() - startedAt) / 1_000;
  const { built, took_ms } = JSON.parse(stdout) as { built: number; took_ms: number };
  return { seconds, tookMs: took_ms, built, outputs: countFiles(join(folder, "output")) };
}

/** The next build begins from nothing. */
function forget(folder: string): void {
  rmSync(join(folder, ".clx"), { recursive: true, force: true });
  forgetOutputs(folder);
}

function forgetOutputs(folder: string): void {
  rmSync(join(folder, "output"), { recursive: true, force: true });
}

interface CourseSize {
  readonly notebooks: number;
  readonly diagrams: number;
  readonly formats: string;
}

const sections = 4;

function writeCourse(folder: string, { notebooks, diagrams, formats }: CourseSize): void {
  const topics = Array.from({ length: Math.max(notebooks, 1) }, (_, at) => `topic${at}`);
  const lists = Array.from({ length: sections }, (_, section) =>
    topics.filter((_topic, at) => at % sections === section),
  );
  writeFileSync(
    join(folder, "course.yaml"),
    [
      "name: { de: Kurs, en: Course }",
      "prog-lang: python",
      "sections:",
      ...lists.map((ids, at) => `  - { name: Part ${at + 1}, topics: [${ids.join(", ")}] }`),
      `targets: [{ name: all, path: output, formats: ${formats} }]`,
    ].join("\n"),
  );
  for (const [at, id] of topics.entries()) {
    const topic = join(folder, "slides", "module_1", `topic_${1_000 + at}_${id}`);
    mkdirSync(join(topic, "pu"), { recursive: true });
    const numbers = Array.from({ length: diagrams }, (_, number) => number).filter(
      (number) => number % topics.length === at,
    );
    for (const number of numbers) {
      writeFileSync(join(topic, "pu", `d${number}.puml`), diagramText(number));
    }
    if (notebooks > 0) writeFileSync(join(topic, `slides_${id}.py`), notebookText(id, numbers));
  }
}

const notebookText = (
  id: string,
  pictures: readonly number[],
) => `# {{ header("Thema ${id}", "Topic ${id}") }}

# %% [markdown] lang="en" tags=["slide"]
# ## ${id}

# %% tags=["keep"]
import math

# %%
[math.sqrt(n) for n in range(5)]

# %% [markdown] tags=["notes"]
# for speakers
${pictures.map((number) => `\n# %% [markdown]\n# <img src="img/d${number}.png" alt="">\n`).join("")}`;

/** Four kinds in turn, each a little different. */
function diagramText(number: number): string {
  const kinds = [
    `Alice -> Bob : message ${number}\nBob --> Alice : answer`,
    `class A${number} {\n +foo(): int\n}\nclass B\nA${number} <|-- B`,
    `start\n:step ${number};\nif (ok?) then (yes)\n :go on;\nelse (no)\n stop\nendif\nstop`,
    `[*] --> S${number}\nS${number} --> T : go\nT --> [*]`,
  ];
  return `@startuml\n${kinds[number % kinds.length]}\n@enduml\n`;
}

async function javaMs(folder: string, count: number): Promise<number> {
  const pictures = join(folder, "slides", "module_1", "topic_1000_topic0", "pu");
  const startedAt = monotonicMs();
  for (let number = 0; number < count; number++) {
    const file = join(pictures, `d${number}.puml`);
    await runProgram("java", ["-Djava.awt.headless=true", "-jar", jar, "-tpng", file]);
  }
  return (monotonicMs() - startedAt) / count;
}

function countFiles(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  ).length;
}
