import type { ProgLang } from "../../../notebook/notebook.ts";
import { TaskError } from "../../../worker/handler.ts";
import type { KernelSource } from "./kernel.ts";
import { ownEnvironment } from "./kernel-environment.ts";
import { KernelsAhead } from "./kernels-ahead.ts";
import { findKernelSpec, type KernelSpec, kernelToInstall } from "./kernelspecs.ts";

export interface WantedKernel {
  readonly progLang: ProgLang;
  /** Of a Jupyter kernel, or `pyodide`. */
  readonly name?: string | undefined;
}

/** The kernels of one worker: each kind is looked for and opened once. */
export class Kernels {
  readonly #open = new Map<string, Promise<KernelSource | undefined>>();

  /** What runs such notebooks here; absent when nothing does. */
  find(wanted: WantedKernel): Promise<KernelSource | undefined> {
    const key = `${wanted.progLang} ${wanted.name ?? ""}`;
    const known = this.#open.get(key) ?? this.#search(wanted);
    this.#open.set(key, known);
    return known;
  }

  async close(): Promise<void> {
    const open = await Promise.allSettled(this.#open.values());
    const sources = open.flatMap((one) =>
      one.status === "fulfilled" && one.value ? [one.value] : [],
    );
    await Promise.all(sources.map((source) => source.close()));
  }

  async #search(wanted: WantedKernel): Promise<KernelSource | undefined> {
    if (wanted.name !== "pyodide") {
      const spec = await findKernelSpec(wanted, ownEnvironment());
      if (spec !== undefined) return await jupyterKernels(spec);
    }
    const fits = wanted.name === undefined || wanted.name === "pyodide";
    return fits && wanted.progLang === "python" ? await pyodideKernels() : undefined;
  }
}

/** Loaded when first needed: each brings a library of some megabytes. */
async function jupyterKernels(spec: KernelSpec): Promise<KernelSource> {
  const { JupyterKernel } = await import("./jupyter-kernel.ts");
  const identity = `${spec.name} ${spec.identity}`;
  return new KernelsAhead({
    name: spec.name,
    identity,
    make: (signal) => JupyterKernel.start(spec, signal),
  });
}

async function pyodideKernels(): Promise<KernelSource> {
  const { PyodideKernel, pyodideIdentity } = await import("./pyodide-kernel.ts");
  return new KernelsAhead({
    name: "pyodide",
    identity: pyodideIdentity,
    make: (signal) => PyodideKernel.start(signal),
  });
}

/** What to do where nothing runs the notebooks of a language. */
export function noKernel({ progLang, name }: WantedKernel): string {
  const missing =
    name === undefined
      ? `no Jupyter kernel for ${progLang} is installed`
      : `no Jupyter kernel is called "${name}"`;
  return `${missing}; install ${kernelToInstall[progLang]}, or set "execute" to "never"`;
}

export function noKernelError(wanted: WantedKernel): TaskError {
  return new TaskError("user_error", noKernel(wanted));
}
