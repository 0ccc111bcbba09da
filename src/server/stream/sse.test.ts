import { describe, expect, it } from "vitest";
import { type SseMessage, type SseParams, sse } from "./sse.ts";

/** A stream that says what it is told to, and then waits until its reader is gone. */
function open(batches: readonly (readonly SseMessage[])[], params: Partial<SseParams> = {}) {
  const ended = Promise.withResolvers<void>();
  let asked = 0;
  const response = sse({
    async *messages(signal) {
      try {
        for (const batch of batches) {
          asked++;
          yield batch;
        }
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      } finally {
        ended.resolve();
      }
    },
    check: () => Promise.resolve(),
    onError: () => {},
    ...params,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error("there is no body");
  const read = async () => (await reader.read()).value;
  return { response, reader, read, ended: ended.promise, asked: () => asked };
}

describe("an event stream", () => {
  it("says how soon to come back, and then what there is, told together", async () => {
    const { response, read } = open([
      [{ id: 1, data: { a: "two\nlines" } }],
      [
        { id: 2, event: "state", data: null },
        { event: "end", data: {} },
      ],
    ]);

    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(await read()).toMatch(/^retry: \d{4}\n\n$/);
    expect(await read()).toBe('id: 1\ndata: {"a":"two\\nlines"}\n\n');
    expect(await read()).toBe("id: 2\nevent: state\ndata: null\n\nevent: end\ndata: {}\n\n");
  });

  it("sends a comment when nothing happens", async () => {
    const { read } = open([], { heartbeatMs: 5 });
    await read();

    expect([await read(), await read()]).toEqual([":\n\n", ":\n\n"]);
  });

  it("asks for nothing that its reader has not asked for", async () => {
    const batches = Array.from({ length: 50 }, (_, id) => [{ id, data: id }]);
    const { read, asked } = open(batches);
    await read();
    await read();

    expect(asked()).toBeLessThan(5);
  });

  it("lets go when its reader has gone", async () => {
    const { reader, read, ended } = open([[{ data: 1 }]]);
    await read();
    await read();

    const waiting = read();
    await reader.cancel();

    await ended;
    expect(await waiting).toBeUndefined();
  });

  it("ends when its reader may no longer be here", async () => {
    let isInForce = true;
    const { reader, read } = open([], {
      heartbeatMs: 5,
      check: () => (isInForce ? Promise.resolve() : Promise.reject(new Error("revoked"))),
    });
    await read();
    expect(await read()).toBe(":\n\n");

    isInForce = false;
    let last = await reader.read();
    while (!last.done) last = await reader.read();

    expect(last.done).toBe(true);
  });

  it("ends, and says why in the log, when there is no more to be had", async () => {
    const errors: unknown[] = [];
    const { reader, read } = open([], {
      onError: (error) => errors.push(error),
      // biome-ignore lint/correctness/useYield: it fails before there is anything to say
      async *messages() {
        throw new Error("the store is gone");
      },
    });
    await read();

    expect((await reader.read()).done).toBe(true);
    expect(String(errors[0])).toContain("the store is gone");
  });
});
