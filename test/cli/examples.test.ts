import { expect, it } from "vitest";
import { allCommands } from "../../src/cli/commands.ts";
import { findCommand } from "../../src/cli/find-command.ts";
import { parseOptions } from "../../src/cli/parse-options.ts";
import { withOwnTypes } from "../../src/cli/with-own-types.ts";

const commands = await allCommands();
const examples = commands.flatMap(({ name, examples: own = [] }) =>
  own.map(({ wish, line }) => ({ name, wish, line })),
);

it("has one to three examples for each command", () => {
  const others = commands.filter(({ examples: own = [] }) => own.length < 1 || own.length > 3);

  expect(others.map(({ name }) => name)).toEqual([]);
});

it.each(examples)("shows in the help of $name only what clx takes: $line", async ({ line }) => {
  const calls = callsIn(line);

  expect(calls.length).toBeGreaterThan(0);
  for (const call of calls) {
    const found = await findCommand(wordsOf(call));
    if (found.kind !== "command") expect.fail(`${call} finds no command`);
    const command = await withOwnTypes(found.command, found.args);
    expect(() => parseOptions(command, found.args)).not.toThrow();
  }
});

it("says what each example is for in a clause that fits on a line", () => {
  expect(examples.filter(({ wish }) => wish.length > 90 || /^[A-Z]|\.$/.test(wish))).toEqual([]);
});

/** What stands behind each `clx` of a shell line. */
function callsIn(line: string): string[] {
  const plain = line.replaceAll(/\$\([^)]*\)/g, "made-by-a-program");
  return [...plain.matchAll(/(?:^|[(&|] ?)clx ([^|>&)]*)/g)].map(([, call = ""]) => call);
}

/** As a shell splits it, without escapes. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? "",
  );
}
