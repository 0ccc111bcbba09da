import type { Kernel, KernelSource } from "./kernel.ts";

/**
 * Kernels of one kind, the next of them started while the last works: a kernel needs a second or
 * more to start, and each notebook gets one that nobody has used.
 */
export class KernelsAhead implements KernelSource {
  readonly name: string;
  readonly identity: string;
  readonly #make: () => Promise<Kernel>;
  #next: Promise<Kernel> | undefined;
  #isClosed = false;

  constructor(params: Pick<KernelSource, "name" | "identity"> & { make(): Promise<Kernel> }) {
    this.name = params.name;
    this.identity = params.identity;
    this.#make = params.make;
  }

  async start(): Promise<Kernel> {
    const ready = this.#next ?? this.#make();
    this.#next = undefined;
    const kernel = await ready;
    this.#startNext();
    return kernel;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const next = this.#next;
    this.#next = undefined;
    await (await next?.catch(() => undefined))?.close();
  }

  /** One that does not start is forgotten: whoever needs it tries again, and is told why not. */
  #startNext(): void {
    if (this.#isClosed || this.#next !== undefined) return;
    const next = this.#make();
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
