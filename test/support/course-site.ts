import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder with the files of a course. */
export class CourseSite {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "clx-course-")));

  constructor(files: Readonly<Record<string, string>> = {}) {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 }));
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): string {
    const whole = this.path(path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text);
    return whole;
  }

  path(path: string): string {
    return join(this.folder, path);
  }
}

export const slidesOf = (de: string, en: string, body = "") =>
  `# j2 from 'macros.j2' import header\n# {{ header("${de}", "${en}") }}\n\n${body}`;
