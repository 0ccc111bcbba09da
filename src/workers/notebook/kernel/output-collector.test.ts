import { expect, it } from "vitest";
import { OutputCollector } from "./output-collector.ts";

it("joins what is printed in pieces, each stream apart", () => {
  const all = collected([
    ["stream", { name: "stdout", text: "a" }],
    ["stream", { name: "stdout", text: "b\n" }],
    ["stream", { name: "stderr", text: "c" }],
  ]);

  expect(all).toEqual([
    { kind: "stream", name: "stdout", text: "ab\n" },
    { kind: "stream", name: "stderr", text: "c" },
  ]);
});

it("shows in its place what is shown anew under its id", () => {
  const all = collected([
    ["display_data", { data: { "text/plain": "1" }, transient: { display_id: "x" } }],
    ["stream", { name: "stdout", text: "between" }],
    ["update_display_data", { data: { "text/plain": "2" }, transient: { display_id: "x" } }],
    ["update_display_data", { data: { "text/plain": "3" }, transient: { display_id: "y" } }],
  ]);

  expect(all[0]).toEqual({ kind: "display", data: { "text/plain": "2" }, metadata: {} });
  expect(all).toHaveLength(2);
});

it("clears at once, or with the next output", () => {
  const printed = (text: string) => ["stream", { name: "stdout", text }] as const;

  expect(collected([printed("a"), ["clear_output", {}]])).toEqual([]);
  expect(collected([printed("a"), ["clear_output", { wait: true }]])).toHaveLength(1);
  expect(collected([printed("a"), ["clear_output", { wait: true }], printed("b")])).toEqual([
    { kind: "stream", name: "stdout", text: "b" },
  ]);
});

it("keeps the first of what is printed without end, and says so", () => {
  const collector = new OutputCollector();
  for (let at = 0; at < 30; at += 1) {
    collector.take({ type: "stream", content: { name: "stdout", text: "x".repeat(100_000) } });
  }

  const [only] = collector.outputs;
  const text = only?.kind === "stream" ? only.text : "";
  expect(text.length).toBeLessThan(1_000_100);
  expect(text).toMatch(/the rest is left out/);
});

it("takes no notice of what is no output", () => {
  expect(
    collected([
      ["comm_open", {}],
      ["execute_input", { code: "1" }],
    ]),
  ).toEqual([]);
});

function collected(messages: readonly (readonly [string, Record<string, unknown>])[]) {
  const collector = new OutputCollector();
  for (const [type, content] of messages) collector.take({ type, content });
  return collector.outputs;
}
