import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished } from "vitest";
import type { z } from "zod";
import { ownIdentity } from "../../src/machine/process-identity.ts";
import {
  type NotebookPayload,
  notebookSchema,
} from "../../src/workers/notebook/notebook-payload.ts";
import worker from "../../src/workers/notebook/notebook-worker.ts";
import { RecordingContext } from "./recording-context.ts";
import { until } from "./until.ts";

export type PayloadWish = Partial<z.input<typeof notebookSchema>>;

export interface Published {
  readonly outputs: readonly { readonly path: string; readonly changed: boolean }[];
  readonly warnings: readonly {
    readonly code: string;
    readonly line?: number;
    readonly message: string;
  }[];
  readonly executed: "kernel" | "cache" | "none";
}

/** A folder with a notebook in it, and a worker in this process that publishes it. */
export class NotebookSite {
  readonly folder = mkdtempSync(join(tmpdir(), "clx-notebook-"));
  readonly ctx = new RecordingContext();
  #attempt = 0;

  static async open(): Promise<NotebookSite> {
    const site = new NotebookSite();
    onTestFinished(async () => {
      await worker.close?.();
      rmSync(site.folder, { recursive: true, force: true });
    });
    await worker.open?.({ workerId: "w", settings: {} });
    return site;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  files(): string[] {
    return readdirSync(this.folder).toSorted();
  }

  payload(source: string, wish: PayloadWish = {}): NotebookPayload {
    return notebookSchema.parse({
      source: this.write("source.py", source),
      outputs: [{ path: this.path("page.html") }],
      ...wish,
    });
  }

  async publish(source: string, wish: PayloadWish = {}): Promise<Published> {
    this.#attempt += 1;
    const task = {
      ...{ id: "task", type: "notebook", attempt: this.#attempt },
      payload: this.payload(source, wish),
    };
    return (await worker.handle(task, this.ctx)) as unknown as Published;
  }

  /** The text of a page's outputs, without its tags. */
  outputs(name = "page.html"): string {
    const found = this.read(name).matchAll(/<div class="outputs"[^>]*>([\s\S]*?)<\/div>/g);
    return [...found].map(([, html = ""]) => html.replaceAll(/<[^>]*>/g, "")).join("\n");
  }
}

/** Fails each test of the file that leaves a kernel's folder behind. */
export function forbidFolderLeaks(): void {
  beforeEach(({ onTestFinished: atEnd }) => {
    const before = new Set(kernelFolders());
    atEnd(async () => {
      const left = () => kernelFolders().filter((name) => !before.has(name));
      await until(() => left().length === 0).catch(() => {});
      expect(left()).toEqual([]);
    });
  });
}

/** Of the kernels of this process; others test at the same time. */
export function kernelFolders(): string[] {
  return readdirSync(tmpdir()).filter(
    (name) => name.startsWith("clx-kernel-") && name.includes(`-${ownIdentity().pid}-`),
  );
}
