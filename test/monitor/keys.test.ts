import fc from "fast-check";
import { expect, it } from "vitest";
import { KeyDecoder } from "../../src/monitor/terminal/keys.ts";

it.each([
  ["\u001b[A", ["up"]],
  ["\u001bOB", ["down"]],
  ["\u001b[5~\u001b[6~", ["pageup", "pagedown"]],
  ["\u001b[1~\u001b[F\u001b[Z", ["home", "end", "backtab"]],
  ["a?é日🎉", ["a", "?", "é", "日", "🎉"]],
  ["\r\t\u007f", ["enter", "tab", "backspace"]],
  ["\u0003\u001a\u000c", ["ctrl-c", "ctrl-z", "ctrl-l"]],
  ["\u001b[99;5u\u001b[Ij", ["j"]],
  ["\u001bq", ["escape", "q"]],
  ["\u001b[200~ay\rq\u001b[201~j", ["paste", "j"]],
])("reads %j", (text, keys) => {
  expect(new KeyDecoder().push(text)).toEqual(keys);
});

it("takes an escape by itself for one only when nothing follows", () => {
  const decoder = new KeyDecoder();

  expect(decoder.push("\u001b")).toEqual([]);
  expect(decoder.isWaiting).toBe(true);
  expect(decoder.giveUp()).toEqual(["escape"]);
  expect(decoder.push("\u001b")).toEqual([]);
  expect(decoder.push("[A")).toEqual(["up"]);
});

it("reads the same keys, however what is sent is cut", () => {
  const sent = fc.array(
    fc.constantFrom(
      "\u001b[A",
      "\u001bOD",
      "\u001b[6~",
      "x",
      "\r",
      "\u001b[200~ay\u001b[201~",
      "é",
    ),
  );
  fc.assert(
    fc.property(sent, fc.array(fc.nat(8)), (parts, cuts) => {
      const text = parts.join("");
      const whole = new KeyDecoder();
      const pieces = new KeyDecoder();
      const keys: string[] = [];
      let at = 0;
      for (const length of cuts) {
        keys.push(...pieces.push(text.slice(at, at + length)));
        at += length;
      }
      keys.push(...pieces.push(text.slice(at)));

      expect(keys).toEqual(whole.push(text));
    }),
  );
});
