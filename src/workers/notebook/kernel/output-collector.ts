import type { JsonValue } from "../../../domain/json.ts";
import type { CellOutput } from "../../../notebook/notebook.ts";
import type { JupyterMessage } from "./jupyter-messages.ts";

/** What one cell may print; a page with more is of no use, and a loop prints without end. */
const streamLimit = 1_000_000;

type Content = JupyterMessage["content"];

/** Gathers what a kernel says while it runs one cell. */
export class OutputCollector {
  readonly #outputs: CellOutput[] = [];
  readonly #shown = new Map<string, number[]>();
  #printed = 0;
  #clearsNext = false;

  get outputs(): readonly CellOutput[] {
    return this.#outputs;
  }

  take({ type, content }: JupyterMessage): void {
    if (type === "clear_output") {
      if (content.wait === true) this.#clearsNext = true;
      else this.#clear();
      return;
    }
    if (type === "update_display_data") {
      this.#update(content);
      return;
    }
    const output = outputOf(type, content);
    if (output === undefined) return;
    if (this.#clearsNext) this.#clear();
    if (output.kind === "stream") this.#print(output);
    else {
      const id = displayIdOf(content);
      if (id !== undefined)
        this.#shown.set(id, [...(this.#shown.get(id) ?? []), this.#outputs.length]);
      this.#outputs.push(output);
    }
  }

  #clear(): void {
    this.#outputs.length = 0;
    this.#shown.clear();
    this.#clearsNext = false;
  }

  #print(output: CellOutput & { readonly kind: "stream" }): void {
    const room = streamLimit - this.#printed;
    if (room < 0) return;
    this.#printed += output.text.length;
    const isCut = output.text.length > room;
    const text = isCut ? `${output.text.slice(0, room)}\n… (the rest is left out)\n` : output.text;
    const last = this.#outputs.at(-1);
    if (last?.kind === "stream" && last.name === output.name) {
      this.#outputs[this.#outputs.length - 1] = { ...last, text: last.text + text };
    } else this.#outputs.push({ ...output, text });
  }

  #update(content: Content): void {
    const id = displayIdOf(content);
    for (const at of (id !== undefined && this.#shown.get(id)) || []) {
      const before = this.#outputs[at];
      if (before?.kind !== "display" && before?.kind !== "result") continue;
      this.#outputs[at] = {
        ...before,
        data: dataOf(content.data),
        metadata: dataOf(content.metadata),
      };
    }
  }
}

function outputOf(type: string, content: Content): CellOutput | undefined {
  switch (type) {
    case "stream":
      return {
        kind: "stream",
        name: content.name === "stderr" ? "stderr" : "stdout",
        text: String(content.text ?? ""),
      };
    case "display_data":
      return { kind: "display", data: dataOf(content.data), metadata: dataOf(content.metadata) };
    case "execute_result":
      return {
        kind: "result",
        data: dataOf(content.data),
        metadata: dataOf(content.metadata),
        ...(typeof content.execution_count === "number" && {
          executionCount: content.execution_count,
        }),
      };
    case "error":
      return {
        kind: "error",
        name: String(content.ename ?? "Error"),
        message: String(content.evalue ?? ""),
        traceback: Array.isArray(content.traceback) ? content.traceback.map(String) : [],
      };
    default:
      return undefined;
  }
}

function dataOf(value: unknown): { readonly [media: string]: JsonValue } {
  if (typeof value !== "object" || value === null) return {};
  return value as { readonly [media: string]: JsonValue };
}

function displayIdOf({ transient }: Content): string | undefined {
  const id = (transient as { readonly display_id?: unknown } | undefined)?.display_id;
  return typeof id === "string" ? id : undefined;
}
