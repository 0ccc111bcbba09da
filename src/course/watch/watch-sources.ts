import { existsSync, type FSWatcher, watch } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ClxError } from "../../domain/errors.ts";
import type { Course } from "../course.ts";
import { isIgnoredFolder } from "../discovery/file-rules.ts";

/** What an editor writes beside the file that it saves. */
const passing = /^\.|~$|\.sw[px]$|^4913$|\.draft$/;

/** Editors save in several steps, and several files at once. */
const settleMs = 150;

/**
 * Tells when the sources of a course may have changed: its spec, what is below `slides/`, and
 * the folders that are copied. Outputs are apart from them, so a build is no change.
 */
export class SourceWatch {
  readonly #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isDirty = false;
  #wake: (() => void) | undefined;

  /** Without a course, because its spec cannot be read, the spec alone is watched. */
  constructor(specPath: string, course: Pick<Course, "root" | "folders" | "logo"> | undefined) {
    this.#watchFile(specPath);
    if (course === undefined) return;
    const slides = join(course.root, "slides");
    if (existsSync(slides)) this.#watchTree(slides);
    else this.#watchFile(slides);
    for (const { path } of course.folders) this.#watchTree(path);
    if (course.logo !== undefined) this.#watchFile(course.logo);
  }

  /** Resolves once something has changed since the last call, and been quiet for a moment. */
  async next(signal: AbortSignal): Promise<void> {
    if (!this.#isDirty && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    this.#wake = undefined;
    this.#isDirty = false;
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.close();
  }

  /** By its folder: editors replace files. */
  #watchFile(path: string): void {
    this.#add(dirname(path), false, (name) => name === basename(path));
  }

  #watchTree(folder: string): void {
    this.#add(folder, true, (name) => {
      const parts = name.split(/[/\\]/);
      return !parts.some(isIgnoredFolder) && !passing.test(parts.at(-1) ?? "");
    });
  }

  #add(folder: string, recursive: boolean, isOurs: (name: string) => boolean): void {
    if (!existsSync(folder)) return;
    try {
      const watcher = watch(folder, { recursive }, (_, name) => {
        if (name === null || isOurs(name)) this.#changed();
      });
      watcher.on("error", () => this.#changed());
      this.#watchers.push(watcher);
    } catch (error) {
      throw cannotWatch(folder, error as NodeJS.ErrnoException);
    }
  }

  #changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isDirty = true;
      this.#wake?.();
    }, settleMs);
  }
}

function cannotWatch(folder: string, { code, message }: NodeJS.ErrnoException): ClxError {
  const why =
    code === "ENOSPC" || code === "EMFILE"
      ? "this user watches too many files already; raise fs.inotify.max_user_watches and max_user_instances"
      : message;
  return new ClxError("unsupported_platform", `${folder} cannot be watched: ${why}`);
}
