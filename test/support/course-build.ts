import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ClxSite, type Outcome } from "./clx.ts";

export interface BuildSummary {
  readonly status: string;
  readonly built: number;
  readonly up_to_date: number;
  readonly copied: number;
  readonly removed: number;
  readonly failed: readonly { readonly step: string; readonly message: string }[];
  readonly skipped: readonly string[];
  readonly warnings: readonly string[];
  readonly problems: readonly { readonly code: string }[];
  readonly exit_code: number;
}

/** A course in a folder of its own, built as users build it. */
export class CourseBuildSite extends ClxSite {
  constructor(files: Readonly<Record<string, string>>) {
    super();
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string | Uint8Array): string {
    const whole = join(this.folder, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text);
    return whole;
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** Files below a folder, in the order of their names, with what they are. */
  tree(folder: string): readonly string[] {
    const all = globSync("**/*", { cwd: join(this.folder, folder) });
    return all.filter((path) => statSync(join(this.folder, folder, path)).isFile()).toSorted();
  }

  async build(...options: readonly string[]): Promise<Outcome> {
    return await this.run(["build", "course.yaml", ...options]);
  }

  /** The summary, whatever the exit code. */
  async summary(...options: readonly string[]): Promise<BuildSummary> {
    const { stdout, stderr } = await this.build("--json", ...options);
    try {
      return JSON.parse(stdout) as BuildSummary;
    } catch {
      throw new Error(`no summary: ${stdout}\n${stderr}`);
    }
  }
}

export const topicFolder = "slides/module_100_one/topic_100_lists";

/** One topic in two languages, with a helper and data; without pages nothing is executed. */
export function courseFiles(
  notebook: string,
  { targets = onlySources }: { readonly targets?: string } = {},
): Readonly<Record<string, string>> {
  return {
    "course.yaml": `name: { de: Kurs, en: Course }
prog-lang: python
sections:
  - name: { de: Eins, en: One }
    topics: [lists]
targets:
${targets}
`,
    [`${topicFolder}/slides_lists.py`]: `# {{ header("Listen", "Lists") }}\n\n${notebook}`,
    [`${topicFolder}/helper.py`]: "value = 1\n",
    [`${topicFolder}/data/numbers.csv`]: "n\n1\n",
  };
}

export const onlySources =
  "  - { name: all, path: output, kinds: [completed], formats: [notebook, code] }";
export const onlyPages =
  "  - { name: all, path: output, kinds: [completed], formats: [html], languages: [en] }";
