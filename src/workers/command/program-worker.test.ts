import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { forbidProcessLeaks } from "../../../test/support/process-leaks.ts";
import { RecordingContext } from "../../../test/support/recording-context.ts";
import type { JsonValue } from "../../domain/json.ts";
import program, { type ProgramSettings } from "./program-worker.ts";

forbidProcessLeaks();

const contexts: RecordingContext[] = [];

afterEach(async () => {
  for (const ctx of contexts.splice(0)) await ctx.remove();
});

async function run(settings: ProgramSettings, payload: JsonValue) {
  const ctx = new RecordingContext();
  contexts.push(ctx);
  await program.open?.({ workerId: ctx.workerId, settings: { ...settings } });
  const task = {
    id: `program${process.pid}n${contexts.length}`,
    type: "resize",
    attempt: 1,
    payload,
  };
  const result = await program.handle(task, ctx);
  return { ctx, result };
}

const folder = realpathSync(tmpdir());

function node(script: string): ProgramSettings {
  return { argv: [process.execPath, "-e", script], cwd: folder };
}

describe("a worker type that is a program", () => {
  it("gives the payload to the program as JSON, and takes its result", async () => {
    const settings = node(`
      const { width } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
      require("node:fs").writeSync(3, JSON.stringify({ result: { doubled: 2 * width } }) + "\\n");`);

    const { result } = await run(settings, { width: 21 });

    expect(result).toEqual({ doubled: 42 });
  });

  it("runs it where it was configured, with its settings", async () => {
    const settings = node("console.log(process.cwd(), process.env.CLX_SETTINGS)");

    const { ctx } = await run({ ...settings, settings: { quality: 90 } }, null);

    expect(ctx.text).toBe(`${folder} {"quality":90}`);
  });

  it("fails as the program does", async () => {
    await expect(run(node("process.exit(3)"), {})).rejects.toMatchObject({ kind: "exit_code" });
  });
});
