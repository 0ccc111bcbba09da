import { access } from "node:fs/promises";
import { basename, extname } from "node:path";
import { ClxError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/json.ts";
import { type Branding, expandHeader, titlesOf } from "../../notebook/header.ts";
import type { Cell, Format, Kind, Notebook, NotebookWarning } from "../../notebook/notebook.ts";
import { dataUri } from "../../notebook/page/picture.ts";
import { renderProse } from "../../notebook/render-prose.ts";
import { checkTags, selectCells } from "../../notebook/select-cells.ts";
import { writeCode } from "../../notebook/write-code.ts";
import { writeHtml } from "../../notebook/write-html.ts";
import { writeIpynb } from "../../notebook/write-ipynb.ts";
import { userError } from "../../rendering/user-error.ts";
import { writeOutput } from "../../rendering/write-output.ts";
import type { TaskContext, TaskInHand } from "../../worker/handler.ts";
import { executeCells, isRun } from "./execute-cells.ts";
import { ExecutionCache, executionKey } from "./execution-cache.ts";
import { type Kernels, noKernel, noKernelError } from "./kernel/open-kernels.ts";
import { mathStyle } from "./math-style.ts";
import type { NotebookPayload } from "./notebook-payload.ts";
import { PagePictures, readPicture } from "./page-pictures.ts";
import { type ReadSource, readSource } from "./read-source.ts";

/** A warning has a line where it is about one. */
interface Warning {
  readonly code: NotebookWarning["code"] | "no_kernel";
  readonly line?: number;
  readonly message: string;
}

/** How the cells of pages came by their outputs. */
type Execution = "kernel" | "cache" | "none";

/**
 * Publishes one notebook in one language: everything is made before anything is written, each
 * version once, however many files it goes to.
 */
export class Publishing {
  readonly #payload: NotebookPayload;
  readonly #attempt: string;
  readonly #ctx: TaskContext;
  readonly #kernels: Kernels;
  readonly #pictures: PagePictures;
  readonly #warnings = new Map<string, Warning>();
  readonly #executions = new Map<string, Notebook>();
  readonly #used = new Set<Execution>();

  constructor(
    { payload, id, attempt }: TaskInHand<NotebookPayload>,
    ctx: TaskContext,
    kernels: Kernels,
  ) {
    this.#payload = payload;
    this.#attempt = `${id}-${attempt}`;
    this.#ctx = ctx;
    this.#kernels = kernels;
    this.#pictures = new PagePictures(payload);
  }

  /** @throws TaskError `user_error` for whatever the author can mend */
  async run(): Promise<JsonValue> {
    await this.#checkFiles();
    const read = this.#read();
    for (const warning of checkTags(read.notebook)) this.#warn(warning);
    const contents = new Map<string, string>();
    for (const output of this.#payload.outputs) {
      const format = formatOf(output);
      const name = `${format} ${output.kind}`;
      if (contents.has(name)) continue;
      contents.set(name, await this.#make(read, { format, kind: output.kind }));
    }
    return await this.#write(contents);
  }

  #read(): ReadSource {
    try {
      return readSource(this.#payload);
    } catch (error) {
      throw this.#asUserError(error);
    }
  }

  async #make(
    read: ReadSource,
    version: { readonly format: Format; readonly kind: Kind },
  ): Promise<string> {
    const { format, kind } = version;
    const { language } = this.#payload;
    const notebook = selectCells(this.#render(read, format), { kind, language });
    if (format === "code") return writeCode(notebook);
    if (format === "notebook") return writeIpynb(notebook);
    const shown = kind === "code-along" ? notebook : await this.#execute(notebook, read);
    this.#ctx.progress({ message: `writing the page (${kind})` });
    const { html, warnings } = writeHtml(shown, {
      ...{ kind, language, mathStyle },
      title: titleOf(this.#payload, read.text),
      pictures: this.#pictures,
    });
    for (const warning of warnings) this.#warn(warning);
    return html;
  }

  #render(read: ReadSource, format: Format): Notebook {
    const { language } = this.#payload;
    const branding = this.#branding(format);
    try {
      const headed = expandHeader(read.notebook, () => branding, [language]);
      return renderProse(headed, { language, format });
    } catch (error) {
      throw this.#asUserError(error);
    }
  }

  /** The logo goes along in the notebook: where it stands in the course, readers have not. */
  #branding(format: Format): Branding {
    const { author, organisation, logo } = this.#payload.branding;
    const picture = format === "code" || logo === undefined ? undefined : readPicture(logo);
    if (logo !== undefined && format !== "code" && picture === undefined) {
      this.#warn({ code: "missing_picture", message: `the logo ${logo} cannot be read` });
    }
    return {
      ...(author !== undefined && { author }),
      ...(organisation !== undefined && { organisation }),
      ...(picture !== undefined && { logo: dataUri(picture) }),
    };
  }

  /**
   * Versions with the same code share one execution. Where a speaker has code that others must not
   * see, the others' page is executed without it: what it printed, defined or raised stays with it.
   */
  async #execute(notebook: Notebook, read: ReadSource): Promise<Notebook> {
    const codes = notebook.cells.filter(isRun);
    if (this.#payload.execute === "never" || codes.length === 0) return notebook;
    const name = codes.map(({ id }) => id).join(" ");
    const executed = this.#executions.get(name) ?? (await this.#executeAnew(notebook, read));
    this.#executions.set(name, executed);
    const byId = new Map(executed.cells.map((cell): [string, Cell] => [cell.id, cell]));
    return {
      ...notebook,
      cells: notebook.cells.map((cell) => (isRun(cell) ? (byId.get(cell.id) ?? cell) : cell)),
    };
  }

  async #executeAnew(notebook: Notebook, read: ReadSource): Promise<Notebook> {
    const { kernel, execute, executionCache } = this.#payload;
    const wanted = { progLang: notebook.progLang, name: kernel };
    const source = await this.#kernels.find(wanted);
    if (source === undefined) {
      if (execute === "always" || kernel !== undefined) throw noKernelError(wanted);
      const message = `the pages have no outputs: ${noKernel(wanted)}`;
      this.#warn({ code: "no_kernel", message });
      this.#used.add("none");
      return notebook;
    }
    const cache = executionCache === undefined ? undefined : new ExecutionCache(executionCache);
    const key = cache && (await executionKey(notebook, this.#payload, source));
    const kept = key && (await cache?.find(key, notebook));
    if (kept) {
      this.#used.add("cache");
      return kept;
    }
    const executed = await executeCells(notebook, {
      ...{ payload: this.#payload, read, source, ctx: this.#ctx },
      purpose: this.#executions.size > 0 ? "without what is private: " : "",
    });
    this.#used.add("kernel");
    if (key) await cache?.keep(key, executed, this.#attempt);
    return executed;
  }

  async #write(contents: ReadonlyMap<string, string>): Promise<JsonValue> {
    this.#ctx.signal.throwIfAborted();
    const outputs: JsonValue[] = [];
    for (const output of this.#payload.outputs) {
      const content = contents.get(`${formatOf(output)} ${output.kind}`) ?? "";
      const { path, bytes, sha256, changed } = await writeOutput(
        output.path,
        content,
        this.#attempt,
      );
      outputs.push({ path, bytes, sha256, changed });
    }
    const warnings = [...this.#warnings.values()].map((warning) => ({ ...warning }));
    return { outputs, warnings, executed: this.#usedExecution() };
  }

  #usedExecution(): Execution {
    if (this.#used.has("kernel")) return "kernel";
    return this.#used.has("cache") ? "cache" : "none";
  }

  async #checkFiles(): Promise<void> {
    for (const { path } of this.#payload.workingFiles) {
      await access(path).catch(() => {
        throw userError(`the file ${path}, which the notebook needs, cannot be read`);
      });
    }
  }

  /** Versions of one notebook have the same faults: each is told once. */
  #warn(warning: Warning): void {
    this.#warnings.set(JSON.stringify(warning), warning);
  }

  #asUserError(error: unknown): unknown {
    if (!(error instanceof ClxError)) return error;
    return userError(`${basename(this.#payload.source)}: ${error.message}`);
  }
}

function formatOf({ path, format }: NotebookPayload["outputs"][number]): Format {
  if (format !== undefined) return format;
  const extension = extname(path).toLowerCase();
  if (extension === ".html" || extension === ".htm") return "html";
  return extension === ".ipynb" ? "notebook" : "code";
}

function titleOf({ titles, language, source }: NotebookPayload, text: string): string {
  const own = titlesOf(text);
  const stem = basename(source, extname(source));
  return titles?.[language] ?? own?.[language] ?? titles?.en ?? own?.en ?? stem;
}
