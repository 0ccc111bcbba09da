import type { Kernel, KernelSource } from "./kernel.ts";

export type MakeKernel = (signal: AbortSignal) => Promise<Kernel>;

/**
 * Kernels of one kind, the next of them started while the last works: a kernel needs a second or
 * more to start, and each notebook gets one that nobody has used.
 */
export class KernelsAhead implements KernelSource {
  readonly name: string;
  readonly identity: string;
  readonly #make: MakeKernel;
  readonly #closing = new AbortController();
  #next: Promise<Kernel> | undefined;

  constructor(params: Pick<KernelSource, "name" | "identity"> & { readonly make: MakeKernel }) {
    this.name = params.name;
    this.identity = params.identity;
    this.#make = params.make;
  }

  async start(signal: AbortSignal): Promise<Kernel> {
    const next = this.#next;
    this.#next = undefined;
    const kernel = await (next === undefined ? this.#make(signal) : this.#take(next, signal));
    this.#startNext();
    return kernel;
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error("the worker ends"));
    const next = this.#next;
    this.#next = undefined;
    await (await next?.catch(() => undefined))?.close();
  }

  /** Who is told to end while it starts leaves it to whoever comes next. */
  async #take(next: Promise<Kernel>, signal: AbortSignal): Promise<Kernel> {
    const aborted = Promise.withResolvers<never>();
    const stop = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await Promise.race([next, aborted.promise]);
    } catch (error) {
      if (signal.aborted) await this.#leave(next);
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async #leave(next: Promise<Kernel>): Promise<void> {
    if (this.#next === undefined && !this.#closing.signal.aborted) this.#next = next;
    else await (await next.catch(() => undefined))?.close();
  }

  /** One that does not start is forgotten: whoever needs it tries again, and is told why not. */
  #startNext(): void {
    if (this.#closing.signal.aborted || this.#next !== undefined) return;
    const next = this.#make(this.#closing.signal);
    this.#next = next;
    const forget = () => {
      if (this.#next === next) this.#next = undefined;
    };
    next.then(async (kernel) => {
      await kernel.ended;
      forget();
      await kernel.close();
    }, forget);
  }
}
