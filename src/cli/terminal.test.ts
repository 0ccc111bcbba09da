import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { Terminal } from "./terminal.ts";

it("keeps its status in the last line, below all others", () => {
  const { terminal, written } = play({ columns: 20 });

  terminal.status("one");
  terminal.print("a result");
  terminal.status("a status that is too long");
  terminal.status(undefined);

  expect(written()).toBe(
    "\r\u001b[Kone\r\u001b[Ka result\none\r\u001b[Ka status that is t…\r\u001b[K",
  );
});

it("writes a status once for as long as it stays the same", () => {
  const { terminal, written } = play({ columns: 80 });

  terminal.status("one");
  terminal.status("one");

  expect(written()).toBe("\r\u001b[Kone");
});

it("takes a terminal that does not know its size for one of 80 columns", () => {
  const { terminal, written } = play({ columns: 0 });

  terminal.status("one");

  expect(written()).toBe("\r\u001b[Kone");
  expect(terminal.columns).toBe(80);
});

it.each([
  ["is no terminal", { isTTY: false }],
  ["cannot move its cursor", { wishes: { isDumb: true } }],
  ["is read by a program", { json: true }],
])("shows no status where stderr %s", (_, params) => {
  const { terminal, written } = play(params);

  terminal.status("one");

  expect(terminal.showsStatus).toBe(false);
  expect(written()).toBe("");
});

interface PlayParams {
  readonly columns?: number;
  readonly isTTY?: boolean;
  readonly json?: boolean;
  readonly wishes?: { readonly isDumb?: boolean };
}

function play({ columns = 80, isTTY = true, json = false, wishes }: PlayParams) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns });
  const out = stream as unknown as NodeJS.WriteStream;
  const terminal = new Terminal({
    ...{ stdout: out, stderr: out, json },
    wishes: { noColor: true, ...wishes },
  });
  return { terminal, written: () => String(stream.read() ?? "") };
}
