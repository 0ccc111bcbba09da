const heartbeatMs = 15_000;
const encoder = new TextEncoder();
const heartbeat = encoder.encode(":\n\n");

export interface SseMessage {
  /** What `Last-Event-ID` will say. */
  readonly id?: string | number;
  /** `message` when left out, as the standard has it. */
  readonly event?: string;
  readonly data: unknown;
}

export interface SseParams {
  /** Yields what is told together. Asked for more only when the socket has taken what it was given. */
  readonly messages: (signal: AbortSignal) => AsyncIterable<readonly SseMessage[]>;
  /** Asked now and then; the stream ends when it rejects. */
  readonly check: () => Promise<unknown>;
  readonly onError: (error: unknown) => void;
  readonly heartbeatMs?: number;
}

/** An event stream (`text/event-stream`) that waits for its reader, and ends when that is gone. */
export function sse(params: SseParams): Response {
  const source = new SseSource(params);
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => source.pull(controller),
      cancel: () => source.cancel(),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store",
      Connection: "close", // or a server that stops would wait for the idle connection
      "X-Accel-Buffering": "no",
    },
  });
}

class SseSource {
  readonly #params: SseParams;
  readonly #heartbeatMs: number;
  readonly #gone = new AbortController();
  readonly #iterator: AsyncIterator<readonly SseMessage[]>;
  #chunk: Uint8Array | undefined = encoder.encode(`retry: ${retryMs()}\n\n`);
  #state: "resting" | "asking" | "ended" = "resting";
  #checkedAt = performance.now();
  #wake = () => {};

  constructor(params: SseParams) {
    this.#params = params;
    this.#heartbeatMs = params.heartbeatMs ?? heartbeatMs;
    this.#iterator = params.messages(this.#gone.signal)[Symbol.asyncIterator]();
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    await this.#checkNowAndThen();
    if (this.#chunk === undefined && this.#state === "resting") void this.#ask();
    if (this.#chunk === undefined && this.#state === "asking") await this.#answerOrHeartbeat();
    const chunk = this.#chunk ?? (this.#state === "asking" ? heartbeat : undefined);
    this.#chunk = undefined;
    if (this.#gone.signal.aborted) return;
    if (chunk === undefined) controller.close();
    else controller.enqueue(chunk);
  }

  cancel(): void {
    this.#gone.abort();
    this.#state = "ended";
    this.#wake();
    this.#iterator.return?.()?.catch(this.#params.onError);
  }

  async #ask(): Promise<void> {
    this.#state = "asking";
    try {
      let next = await this.#iterator.next();
      while (!next.done && next.value.length === 0) next = await this.#iterator.next();
      if (this.#state !== "asking") return;
      this.#state = next.done ? "ended" : "resting";
      if (!next.done) this.#chunk = encoder.encode(next.value.map(render).join(""));
    } catch (error) {
      this.#state = "ended";
      this.#params.onError(error);
    }
    this.#wake();
  }

  #answerOrHeartbeat(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#heartbeatMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #checkNowAndThen(): Promise<void> {
    const now = performance.now();
    if (now - this.#checkedAt < this.#heartbeatMs) return;
    this.#checkedAt = now;
    try {
      await this.#params.check();
    } catch {
      this.#end();
    }
  }

  #end(): void {
    this.#state = "ended";
    this.#chunk = undefined;
    this.#iterator.return?.()?.catch(this.#params.onError);
  }
}

function render({ id, event, data }: SseMessage): string {
  const head = `${id === undefined ? "" : `id: ${id}\n`}${event === undefined ? "" : `event: ${event}\n`}`;
  return `${head}data: ${JSON.stringify(data)}\n\n`;
}

/** Not all clients of a server that starts again come back at the same moment. */
function retryMs(): number {
  return 1_000 + Math.floor(Math.random() * 2_000);
}
